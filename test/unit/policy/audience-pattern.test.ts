import { describe, expect, test } from 'vitest';
import { compileAudiencePattern } from '../../../functions/policy/audience-pattern.ts';

const matches = async (pattern: string, audience: string) =>
  (await compileAudiencePattern(pattern)).matches(audience);

describe('a pattern matches', () => {
  test.each([
    ['https://reports.example.com', 'https://reports.example.com'],
    ['https://*.corp.example.com', 'https://a.corp.example.com'],
    ['https://*.corp.example.com/*', 'https://a.corp.example.com/'],
    ['https://*.corp.example.com/*', 'https://a.corp.example.com/b/c'],
    ['https://host.example.com/api/*', 'https://host.example.com/api/v1'],
    ['https://*.*.example.com', 'https://a.b.example.com'],
    ['https://*.example.com:8443', 'https://a.example.com:8443'],
    ['https://host.example.com/*', 'https://host.example.com/*'],
    ['http://legacy.example.com', 'http://legacy.example.com'],
    ['partner-api', 'partner-api'],
  ])('%s: %s', async (pattern, audience) => {
    expect(await matches(pattern, audience)).toBe(true);
  });
});

describe('a pattern does not match', () => {
  test.each([
    ['https://ok.example.com', 'https://evil.com/https://ok.example.com'],
    ['https://ok.example.com', 'https://ok.example.com.evil.com'],
    ['https://ok.example.com', 'https://ok.example.com/'],
    ['https://*.example.com', 'https://evil.com/.example.com'],
    ['https://*.example.com', 'https://evil.com?.example.com'],
    ['https://*.example.com', 'https://evil.com#.example.com'],
    ['https://*.corp.example.com', 'https://a.b.corp.example.com'],
    ['https://*.corp.example.com', 'https://corp.example.com'],
    ['https://*.corp.example.com', 'https://.corp.example.com'],
    ['https://*.corp.example.com', 'https://a.corp.example.com.'],
    ['https://*.corp.example.com', 'https://A.corp.example.com'],
    ['https://*.corp.example.com', 'https://a.corp.example.com:8443'],
    ['https://*.corp.example.com', 'https://u@a.corp.example.com'],
    ['https://*.corp.example.com', 'http://a.corp.example.com'],
    ['https://*.corp.example.com', 'https://a.corp.example.com/x'],
    ['https://*.corp.example.com/*', 'https://a.corp.example.com'],
    ['https://host.example.com/api/*', 'https://host.example.com/api/../admin'],
    ['https://host.example.com/api/*', 'https://host.example.com/api/%2e%2e/admin'],
    ['https://host.example.com/api/*', 'https://host.example.com/api/x?y'],
    ['https://host.example.com/api/*', 'https://host.example.com/apix'],
    ['https://host.example.com/*', 'https://host.example.com/a/*'],
    ['https://*.example.com', 'https://*.example.com\n'],
    ['https://*.example.com', 'https://host.exampleXcom'],
    ['https://*.example.com', 'https://аpi.example.com'],
    ['partner-api', 'partner-api2'],
  ])('%s: %j', async (pattern, audience) => {
    expect(await matches(pattern, audience)).toBe(false);
  });
});

test.each([
  ['https://*', /public suffix/],
  ['https://*.com', /public suffix/],
  ['https://*.co.uk', /public suffix/],
  ['https://*.run.app', /public suffix/],
  ['https://*.cloudfunctions.net', /public suffix/],
  ['https://foo.*', /public suffix/],
  ['https://*.localhost', /public suffix/],
  ['https://10.0.0.*', /public suffix/],
  ['https://a*.example.com', /whole label/],
  ['https://host.example.com/*/x', /at its end/],
  ['https://host.example.com/x*', /at its end/],
  ['http://*.example.com', /needs an https URL/],
  ['*', /needs an https URL/],
  ['partner-*', /needs an https URL/],
  ['https://*.example.com/*?x', /without query/],
  ['https://HOST.example.com', /expected/],
  ['https://host.example.com/../x', /expected/],
  ['https://u@*.example.com', /user info/],
])('refuses the pattern %s', async (pattern, reason) => {
  await expect(compileAudiencePattern(pattern)).rejects.toThrow(reason);
});
