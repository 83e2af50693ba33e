import type { Cloud } from '../cloud/cloud.ts';
import type { Route } from '../http/route.ts';
import { generateAccessToken } from './generate-access-token.ts';
import { generateIdToken } from './generate-id-token.ts';
import { signBlob } from './sign-blob.ts';
import { signJwt } from './sign-jwt.ts';

const methods = { signJwt, signBlob, generateIdToken, generateAccessToken };

/** IAM Service Account Credentials API v1 (google/iam/credentials/v1/iamcredentials.proto). */
export function iamCredentialsRoutes(cloud: Cloud): Route[] {
  return Object.entries(methods).map(([api, method]) => ({
    api,
    method: 'POST',
    path: new RegExp(`^/v1/projects/(?<project>[^/]+)/serviceAccounts/(?<account>[^/:]+):${api}$`),
    handle: (request) => method(cloud, request),
  }));
}
