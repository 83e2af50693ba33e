import type { Cloud } from '../cloud/cloud.ts';
import { ApiError, invalidArgument } from '../http/api-error.ts';
import type { Answer, ApiRequest } from '../http/route.ts';
import { checkAccess } from '../iam/check-access.ts';
import type { PubSub } from './pubsub.ts';

/** One call of Pub/Sub whose caller may make it. */
export interface Context {
  readonly cloud: Cloud;
  readonly pubsub: PubSub;
  readonly request: ApiRequest;
  /** The full name of the topic or subscription in the path, or of the project. */
  readonly name: string;
}

export type PubsubMethod = (context: Context) => Answer | Promise<Answer>;

interface Access {
  /** The service's method, such as `Publisher.Publish`. */
  readonly rpc: string;
  /** Without its prefix `pubsub.`. */
  readonly permission: string;
  /** Creating is asked of the project. */
  readonly ofProject: boolean;
}

/** "Must start with a letter, 3 to 255 characters, and must not start with goog" (pubsub.proto). */
const idPattern = /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;

/** Holds the call against the bindings of what its path names, or of the project. */
export function openContext(cloud: Cloud, request: ApiRequest, access: Access): Context {
  const { rpc, permission, ofProject } = access;
  const { project = '', id } = request.params;
  const name = pubsubResource(request);
  checkAccess(cloud, request, {
    api: { service: 'pubsub.googleapis.com', method: `google.pubsub.v1.${rpc}` },
    scopes: ['cloud-platform', 'pubsub'],
    permission: `pubsub.${permission}`,
    resource: ofProject ? `projects/${project}` : name,
    denial: notAuthorized,
  });
  if (project !== cloud.projectId) throw notAuthorized();
  if (id !== undefined && !idPattern.test(id)) {
    throw invalidArgument(
      `Invalid resource name given (name=${name.slice(0, 300)}). Refer to https://cloud.google.com/pubsub/docs/admin#resource_names for more information.`,
    );
  }
  return { cloud, pubsub: cloud.pubsub, request, name };
}

/** The full name of what the path names. */
export function pubsubResource({ params: { project, kind, id } }: ApiRequest): string {
  return id === undefined ? `projects/${project}` : `projects/${project}/${kind}/${id}`;
}

function notAuthorized(): ApiError {
  return new ApiError('PERMISSION_DENIED', 'User not authorized to perform this action.');
}
