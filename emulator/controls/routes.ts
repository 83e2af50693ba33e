import { clockShape } from '../cloud/clock.ts';
import { bindingShape, parseBindings } from '../cloud/seed.ts';
import { parseMessage } from '../http/message.ts';
import { type ApiRequest, json, type Route } from '../http/route.ts';
import { deliveryShape } from '../pubsub/delivery-options.ts';
import type { Controls, FaultOptions } from './controls.ts';

const rotateShape = { issuer: 'string', immediate: 'bool' } as const;
const rolesShape = { '*': ['string'] } as const;
const bindingsShape = { '*': [bindingShape] } as const;

const stalenessShape = { listSeconds: 'number', latestSeconds: 'number', metadataSeconds: 'number' } as const;

/** The controls over HTTP, under a path that Google does not have. Errors come in Google's envelope. */
export function controlRoutes(controls: Controls): Route[] {
  return [
    route('GET', '/clock', () => controls.clock()),
    route('PUT', '/clock', ({ body }) => controls.setClock(parseMessage(clockShape, body))),
    route('POST', '/keys:rotate', ({ body }) => {
      const { issuer = '', immediate = false } = parseMessage(rotateShape, body);
      return controls.rotate({ issuer, immediate });
    }),
    route('GET', '/roles', () => controls.roles()),
    route('PUT', '/roles', ({ body }) => {
      controls.setRoles(parseMessage(rolesShape, body));
      return controls.roles();
    }),
    route('GET', '/bindings', () => controls.bindings()),
    route('PUT', '/bindings', ({ body }) => {
      controls.setBindings(parseBindings(parseMessage(bindingsShape, body)));
      return controls.bindings();
    }),
    route('GET', '/staleness', () => controls.staleness()),
    route('PUT', '/staleness', ({ body }) => controls.setStaleness(parseMessage(stalenessShape, body))),
    route('GET', '/delivery', () => controls.delivery()),
    route('PUT', '/delivery', ({ body }) => controls.setDelivery(parseMessage(deliveryShape, body))),
    route('GET', '/backlog', () => controls.backlog()),
    route('GET', '/pushes', () => ({ pushes: controls.pushes() })),
    route('GET', '/faults', () => ({ faults: controls.faults() })),
    route('POST', '/faults', ({ body }) => {
      controls.addFault(parseMessage('value', body) as FaultOptions);
      return { faults: controls.faults() };
    }),
    route('DELETE', '/faults', () => {
      controls.clearFaults();
      return {};
    }),
    route('GET', '/requests', ({ query }) => ({
      requests: controls.requests(query.get('api') ?? undefined),
      stats: controls.stats(),
    })),
    route('DELETE', '/requests', () => {
      controls.clearRequests();
      return {};
    }),
    route('POST', '/reset', () => {
      controls.reset();
      return {};
    }),
  ];
}

function route(method: Route['method'], path: string, handle: (request: ApiRequest) => object): Route {
  const pattern = new RegExp(`^/emulator/v1${path}$`);
  return { api: 'emulator', method, path: pattern, handle: (request) => json(handle(request)) };
}
