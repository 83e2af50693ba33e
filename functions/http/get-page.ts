import type { OpenOperation } from './exchange.ts';

/** `GET /`: the doctor's page, loaded when first asked for. */
export const getPage: OpenOperation = async () => {
  const { html, contentSecurityPolicy } = await import('../contract/generated/page.ts');
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=300',
      // The page carries its policy; that nobody may frame it, only a header can say.
      'content-security-policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
    },
    body: html,
  };
};
