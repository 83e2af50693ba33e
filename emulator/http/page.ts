import { invalidArgument } from './api-error.ts';

/** One page of a list and the token of the next one; without a token it was the last (AIP-158). */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken?: string;
}

interface PageOptions<Item> {
  /** What a page token names: the last item of the page before it. */
  readonly key: (item: Item) => string;
  readonly defaultSize: number;
  /** A larger `pageSize` is taken for this one. */
  readonly maxSize: number;
}

/**
 * Cuts the page out of a list that the query's `pageSize` and `pageToken` ask for. A page begins behind the item
 * that its token names, so that items added or removed meanwhile move nothing. Throws INVALID_ARGUMENT.
 */
export function cutPage<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  { key, defaultSize, maxSize }: PageOptions<Item>,
): Page<Item> {
  const asked = Number(query.get('pageSize') ?? 0);
  if (!Number.isInteger(asked) || asked < 0) throw invalidArgument('The page size is invalid.');
  const size = Math.min(asked || defaultSize, maxSize);
  const start = startOf(items, query.get('pageToken') ?? '', key);
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  if (last === undefined || start + size >= items.length) return { items: page };
  return { items: page, nextPageToken: Buffer.from(key(last)).toString('base64url') };
}

function startOf<Item>(items: readonly Item[], token: string, key: (item: Item) => string): number {
  if (token === '') return 0;
  const last = Buffer.from(token, 'base64url').toString();
  const index = items.findIndex((item) => key(item) === last);
  if (index < 0) throw invalidArgument('The page token is invalid.');
  return index + 1;
}
