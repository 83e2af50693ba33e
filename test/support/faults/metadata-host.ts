import { AsyncLocalStorage } from 'node:async_hooks';

const host = new AsyncLocalStorage<string>();

/**
 * Does the work with this metadata server. The libraries find theirs by one variable of the process, and the cells
 * of the matrix run side by side, each with its own.
 */
export function withMetadataHost<Result>(address: string, work: () => Result): Result {
  return host.run(address, work);
}

const environment = process.env;
process.env = new Proxy(environment, {
  get: (target, name) =>
    name === 'GCE_METADATA_HOST' ? (host.getStore() ?? target[name]) : target[String(name)],
  set: (target, name, value) => {
    target[String(name)] = value;
    return true;
  },
});
