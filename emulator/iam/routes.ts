import type { Cloud } from '../cloud/cloud.ts';
import type { Route } from '../http/route.ts';
import { getProjectPolicy } from './get-project-policy.ts';
import { getRole } from './get-role.ts';
import { listKeys } from './list-keys.ts';
import { getIamPolicy, setIamPolicy } from './policy-methods.ts';

const account = '^/v1/projects/(?<project>[^/]+)/serviceAccounts/(?<account>[^/:]+)';

/**
 * IAM API v1 on service accounts and roles (google/iam/admin/v1/iam.proto), and Resource Manager's policy of a
 * project, as far as they say who may sign.
 */
export function iamRoutes(cloud: Cloud): Route[] {
  return [
    route('getIamPolicy', 'POST', ':getIamPolicy$', (request) => getIamPolicy(cloud, request)),
    route('setIamPolicy', 'POST', ':setIamPolicy$', (request) => setIamPolicy(cloud, request)),
    route('keys.list', 'GET', '/keys$', (request) => listKeys(cloud, request)),
    {
      api: 'roles.get',
      method: 'GET',
      path: /^\/v1\/(?<role>(projects\/[^/]+\/)?roles\/[^/:]+)$/,
      handle: (request) => getRole(cloud, request),
    },
    {
      api: 'projects.getIamPolicy',
      method: 'POST',
      path: /^\/v1\/projects\/(?<project>[^/:]+):getIamPolicy$/,
      handle: (request) => getProjectPolicy(cloud, request),
    },
  ];
}

function route(api: string, method: Route['method'], path: string, handle: Route['handle']): Route {
  return { api, method, path: new RegExp(account + path), handle };
}
