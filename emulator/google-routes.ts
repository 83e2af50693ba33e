import type { Cloud } from './cloud/cloud.ts';
import type { Route } from './http/route.ts';
import { iamRoutes } from './iam/routes.ts';
import { iamCredentialsRoutes } from './iam-credentials/routes.ts';
import { metadataRoutes } from './metadata/routes.ts';
import { tokeninfoRoutes } from './oauth2/tokeninfo.ts';
import { publicKeyRoutes } from './public-keys/routes.ts';
import { pubsubRoutes } from './pubsub/routes.ts';
import { secretManagerRoutes } from './secret-manager/routes.ts';

/** Every API of Google's that the emulator stands in for; the first route that fits a request answers it. */
export function googleRoutes(cloud: Cloud): Route[] {
  return [
    ...iamCredentialsRoutes(cloud),
    ...publicKeyRoutes(cloud),
    ...iamRoutes(cloud),
    ...pubsubRoutes(cloud),
    ...secretManagerRoutes(cloud),
    ...tokeninfoRoutes(cloud),
    ...metadataRoutes(cloud),
  ];
}
