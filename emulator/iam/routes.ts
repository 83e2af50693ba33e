import type { Cloud } from '../cloud/cloud.ts';
import type { Route } from '../http/route.ts';
import { listKeys } from './list-keys.ts';
import { getIamPolicy, setIamPolicy } from './policy-methods.ts';

const account = '^/v1/projects/(?<project>[^/]+)/serviceAccounts/(?<account>[^/:]+)';

/** IAM API v1 on service accounts, as far as it says who may sign (google/iam/admin/v1/iam.proto). */
export function iamRoutes(cloud: Cloud): Route[] {
  return [
    route('getIamPolicy', 'POST', ':getIamPolicy$', (request) => getIamPolicy(cloud, request)),
    route('setIamPolicy', 'POST', ':setIamPolicy$', (request) => setIamPolicy(cloud, request)),
    route('keys.list', 'GET', '/keys$', (request) => listKeys(cloud, request)),
  ];
}

function route(api: string, method: Route['method'], path: string, handle: Route['handle']): Route {
  return { api, method, path: new RegExp(account + path), handle };
}
