import type { Cloud } from '../cloud/cloud.ts';
import type { ApiRequest, Route } from '../http/route.ts';
import { readPolicy, writePolicy } from '../iam/policy-methods.ts';
import { testPermissions } from '../iam/test-permissions.ts';
import { openContext, type SecretMethod, secretResource } from './context.ts';
import type { State } from './secret.ts';
import { createSecret, deleteSecret, getSecret, listSecrets, updateSecret } from './secret-methods.ts';
import { accessVersion, addVersion, changeState, getVersion, listVersions } from './version-methods.ts';

const secrets = '^/v1/projects/(?<project>[^/]+)/secrets';
const secret = `${secrets}/(?<secret>[^/:]+)`;
const version = `${secret}/versions/(?<version>[^/:]+)`;

interface Method {
  /** As faults and the request log know it. */
  readonly api: string;
  readonly http: readonly [Route['method'], string];
  readonly rpc: string;
  /** Without its prefix `secretmanager.`; that of the same name as `api` unless it is given. */
  readonly permission?: string;
  readonly respond: SecretMethod;
}

const methods: readonly Method[] = [
  { api: 'secrets.create', http: ['POST', secrets], rpc: 'CreateSecret', respond: createSecret },
  { api: 'secrets.list', http: ['GET', secrets], rpc: 'ListSecrets', respond: listSecrets },
  { api: 'secrets.get', http: ['GET', secret], rpc: 'GetSecret', respond: getSecret },
  {
    api: 'secrets.patch',
    http: ['PATCH', secret],
    rpc: 'UpdateSecret',
    permission: 'secrets.update',
    respond: updateSecret,
  },
  { api: 'secrets.delete', http: ['DELETE', secret], rpc: 'DeleteSecret', respond: deleteSecret },
  {
    api: 'secrets.addVersion',
    http: ['POST', `${secret}:addVersion`],
    rpc: 'AddSecretVersion',
    permission: 'versions.add',
    respond: addVersion,
  },
  {
    api: 'secrets.getIamPolicy',
    http: ['GET', `${secret}:getIamPolicy`],
    rpc: 'GetIamPolicy',
    respond: ({ cloud, resource }) => readPolicy(cloud, resource),
  },
  {
    api: 'secrets.setIamPolicy',
    http: ['POST', `${secret}:setIamPolicy`],
    rpc: 'SetIamPolicy',
    respond: ({ cloud, resource, request }) => writePolicy(cloud, resource, request.body),
  },
  {
    api: 'versions.list',
    http: ['GET', `${secret}/versions`],
    rpc: 'ListSecretVersions',
    respond: listVersions,
  },
  { api: 'versions.get', http: ['GET', version], rpc: 'GetSecretVersion', respond: getVersion },
  {
    api: 'versions.access',
    http: ['GET', `${version}:access`],
    rpc: 'AccessSecretVersion',
    respond: accessVersion,
  },
  stateMethod('disable', 'DISABLED'),
  stateMethod('enable', 'ENABLED'),
  stateMethod('destroy', 'DESTROYED'),
];

/** Secret Manager API v1 with global secrets (google/cloud/secretmanager/v1/service.proto). */
export function secretManagerRoutes(cloud: Cloud): Route[] {
  return [
    ...methods.map(({ api, http: [method, path], rpc, permission = api, respond }) => ({
      api,
      method,
      path: new RegExp(`${path}$`),
      handle: (request: ApiRequest) => respond(openContext(cloud, request, { rpc, permission })),
    })),
    {
      api: 'secrets.testIamPermissions',
      method: 'POST',
      path: new RegExp(`${secret}:testIamPermissions$`),
      handle: (request) => testPermissions(cloud, request, secretResource(cloud, request)),
    },
  ];
}

function stateMethod(verb: string, state: State): Method {
  const rpc = `${verb[0]?.toUpperCase()}${verb.slice(1)}SecretVersion`;
  return { api: `versions.${verb}`, http: ['POST', `${version}:${verb}`], rpc, respond: changeState(state) };
}
