import type { OpenOperation } from './exchange.ts';

/** `GET /openapi.json`: the contract, loaded when first asked for. */
export const getContract: OpenOperation = async () => {
  const { default: contract } = await import('../contract/openapi.json', { with: { type: 'json' } });
  return { status: 200, headers: { 'cache-control': 'public, max-age=300' }, body: contract };
};
