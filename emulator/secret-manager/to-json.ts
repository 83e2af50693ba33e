import { type Secret, states, type Version } from './secret.ts';

/** A secret as Google's REST API shows it; `name` is its full name. */
export function secretToJson(secret: Secret, name: string): object {
  const { replication, createdAtMs, labels, etag, versionAliases, annotations } = secret;
  const aliases = Object.entries(versionAliases).map(([alias, number]) => [alias, String(number)]);
  return {
    name,
    replication,
    createTime: new Date(createdAtMs).toISOString(),
    ...(!isEmpty(labels) && { labels }),
    etag,
    ...(aliases.length > 0 && { versionAliases: Object.fromEntries(aliases) }),
    ...(!isEmpty(annotations) && { annotations }),
  };
}

/** A version without its payload; `name` is the secret's. Enums are numbers where the query asks for them. */
export function versionToJson(version: Version, name: string, query: URLSearchParams): object {
  const { number, createdAtMs, destroyedAtMs, state, etag, clientSpecifiedPayloadChecksum } = version;
  return {
    name: `${name}/versions/${number}`,
    createTime: new Date(createdAtMs).toISOString(),
    ...(destroyedAtMs !== undefined && { destroyTime: new Date(destroyedAtMs).toISOString() }),
    state: wantsEnumNumbers(query) ? states.indexOf(state) : state,
    replicationStatus: { automatic: {} },
    etag,
    ...(clientSpecifiedPayloadChecksum && { clientSpecifiedPayloadChecksum }),
  };
}

/** Google's generated clients send `$alt=json;enum-encoding=int`. */
function wantsEnumNumbers(query: URLSearchParams): boolean {
  return (query.get('$alt') ?? query.get('alt')) === 'json;enum-encoding=int';
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
