import type { Fault } from './faults.ts';
import type { Specimen } from './specimen.ts';

const inText = (change: (token: string) => string) => (specimen: Specimen) => {
  specimen.text.push(change);
};

const terminal = (name: string, code: Fault['code'], text: string | ((token: string) => string)): Fault => ({
  name,
  code,
  touches: ['text'],
  terminal: true,
  apply: inText(typeof text === 'string' ? () => text : text),
});

export const shapeFaults: readonly Fault[] = [
  terminal('an empty token', 'token_missing', ''),
  terminal('white space alone', 'token_missing', ' \n\t'),
  terminal('Bearer and nothing after it', 'token_missing', 'Bearer '),
  terminal('a variable that was never set', 'token_missing', 'Bearer undefined'),
  terminal('an object for a string', 'token_missing', '[object Object]'),
  terminal('plain words', 'token_malformed', 'not a token'),
  terminal('one part alone', 'token_malformed', (token) => token.slice(0, token.indexOf('.'))),
  terminal('cut within the payload', 'token_malformed', (token) => token.slice(0, token.indexOf('.') + 30)),
  terminal('four parts', 'token_malformed', (token) => `${token}.${token.slice(0, 8)}`),
  terminal('longer than 64 KiB', 'token_malformed', (token) => token + 'A'.repeat(65_536)),
  terminal('an access token', 'not_a_jws', `ya29.${'c0ffee'.repeat(20)}`),
  terminal('an API key', 'not_a_jws', `AIza${'Sy0123456789abc'.repeat(3)}`),
  terminal('a session id', 'not_a_jws', '8f14e45fceea167a5a36dedd4bea2543'),
  terminal('a UUID', 'not_a_jws', '123e4567-e89b-12d3-a456-426614174000'),
  terminal('a public key', 'not_a_jws', '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----'),
  terminal('a JWE', 'not_a_jws', () => {
    const header = Buffer.from('{"alg":"RSA-OAEP-256","enc":"A256GCM"}').toString('base64url');
    return `${header}.a2V5.aXY.Y2lwaGVydGV4dA.dGFn`;
  }),
  {
    name: 'Bearer in front',
    code: 'bearer_prefix',
    touches: ['front'],
    apply: inText((token) => `Bearer ${token}`),
  },
  {
    name: 'a whole header line in front',
    code: 'bearer_prefix',
    touches: ['front'],
    apply: inText((token) => `Authorization: bearer ${token}`),
  },
  {
    name: 'double quotes around',
    code: 'surrounding_characters',
    touches: ['around'],
    apply: inText((token) => `"${token}"`),
  },
  {
    name: 'line breaks at the end',
    code: 'surrounding_characters',
    touches: ['around'],
    apply: inText((token) => `${token}\r\n\n`),
  },
  {
    name: 'wrapped at 64 columns',
    code: 'surrounding_characters',
    touches: ['around'],
    apply: inText((token) => token.replaceAll(/.{64}/g, '$&\n')),
  },
  {
    name: 'a command around',
    code: 'surrounding_characters',
    touches: ['around', 'front', 'percent', 'encoding', 'signature', 'claims', 'header'],
    apply: inText((token) => `curl -sH "Authorization: Bearer ${token}" https://reports.example.com`),
  },
  {
    name: 'a parameter of a URL',
    code: 'surrounding_characters',
    touches: ['around', 'front', 'percent', 'encoding', 'signature', 'claims', 'header'],
    apply: inText((token) => `https://reports.example.com/?id_token=${token}&state=1`),
  },
  {
    name: 'the JSON answer around',
    code: 'surrounding_characters',
    touches: ['around', 'front', 'percent'],
    apply: inText((token) => JSON.stringify({ token, expiresInSeconds: 3600 })),
  },
  {
    name: 'dots percent-encoded',
    code: 'url_encoded',
    touches: ['percent'],
    apply: inText((token) => token.replaceAll('.', '%2E')),
  },
  {
    name: 'percent-encoded twice',
    code: 'url_encoded',
    touches: ['percent'],
    apply: inText((token) =>
      encodeURIComponent(encodeURIComponent(`${token}=`)).replaceAll('%253D', '%253D%253D'),
    ),
  },
  {
    name: 'padded base64',
    code: 'base64_not_url_safe',
    touches: ['encoding', 'percent', 'signature'],
    apply: (specimen) => {
      specimen.parts.push((parts) => parts.map((part) => Buffer.from(part, 'base64url').toString('base64')));
    },
  },
  {
    name: 'the signature lost with its dot',
    code: 'token_malformed',
    touches: ['signature', 'percent', 'encoding'],
    apply: (specimen) => {
      specimen.parts.push(([header, payload]) => [header, payload]);
    },
  },
  {
    name: 'a character outside base64url in the payload',
    code: 'token_malformed',
    touches: ['claims', 'payload', 'signature', 'encoding', 'percent'],
    apply: (specimen) => {
      specimen.parts.push(([header, payload, signature]) => [
        header,
        `${payload.slice(0, 9)}*${payload.slice(10)}`,
        signature,
      ]);
    },
  },
  {
    name: 'a header that is no JSON',
    code: 'token_malformed',
    touches: ['header', 'signature', 'encoding'],
    apply: (specimen) => {
      specimen.parts.push(([, payload, signature]) => ['bm9wZQ', payload, signature]);
    },
  },
  {
    name: 'a payload that is no JSON',
    code: 'token_malformed',
    touches: ['claims', 'payload'],
    apply: (specimen) => {
      specimen.payload = 'nope';
    },
  },
  {
    name: 'a payload that is a list',
    code: 'token_malformed',
    touches: ['claims', 'payload'],
    apply: (specimen) => {
      specimen.payload = '[1]';
    },
  },
];
