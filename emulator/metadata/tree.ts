import type { Cloud } from '../cloud/cloud.ts';
import type { ServiceAccount } from '../cloud/service-accounts.ts';

/** A directory of the metadata server, or the value of an entry; lists print one item a line. */
export type Entry = string | readonly string[] | { readonly [name: string]: Entry };

/** What an instance without scopes of its own gets on Cloud Run. */
export const defaultScope = 'https://www.googleapis.com/auth/cloud-platform';

const region = 'us-central1';

/** The one instance that every identity runs on. */
export const instanceId = '5000000000000000001';

/**
 * The static part of what an instance finds under `/computeMetadata/v1`, with the account that it runs as, if the
 * seed has it; `token` and `identity` are listed, and made on request.
 */
export function metadataTree(cloud: Cloud, account: ServiceAccount | undefined): Entry {
  return {
    instance: {
      attributes: {},
      hostname: `emulator.${region}.c.${cloud.projectId}.internal`,
      id: instanceId,
      region: `projects/${cloud.projectNumber}/regions/${region}`,
      'service-accounts': account ? serviceAccounts(account) : {},
      zone: `projects/${cloud.projectNumber}/zones/${region}-a`,
    },
    project: {
      attributes: {},
      'numeric-project-id': cloud.projectNumber,
      'project-id': cloud.projectId,
    },
    universe: { 'universe-domain': 'googleapis.com' },
  };
}

function serviceAccounts({ email }: ServiceAccount): Entry {
  const entries = { aliases: ['default'], email, identity: '', scopes: [defaultScope], token: '' };
  return { [email]: entries, default: entries };
}

/** The entry at a path without its slashes at the ends; undefined where there is none. */
export function findEntry(tree: Entry, path: string): Entry | undefined {
  const names = path.split('/').filter((name) => name !== '');
  return names.reduce<Entry | undefined>(
    (entry, name) => (isDirectory(entry) && Object.hasOwn(entry, name) ? entry[name] : undefined),
    tree,
  );
}

export function isDirectory(entry: Entry | undefined): entry is { readonly [name: string]: Entry } {
  return typeof entry === 'object' && !Array.isArray(entry);
}

/** A directory's names, one a line, those of directories with a slash. */
export function listDirectory(directory: { readonly [name: string]: Entry }): string {
  return Object.entries(directory)
    .map(([name, entry]) => `${name}${isDirectory(entry) ? '/' : ''}\n`)
    .join('');
}

/** What `recursive=true` shows: names in camelCase, without the entries that are secret or made on request. */
export function toRecursive(entry: Entry): unknown {
  if (!isDirectory(entry)) return entry;
  const shown = Object.entries(entry).filter(([, value]) => value !== '');
  return Object.fromEntries(shown.map(([name, value]) => [camelCase(name), toRecursive(value)]));
}

function camelCase(name: string): string {
  return name.includes('@') ? name : name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
