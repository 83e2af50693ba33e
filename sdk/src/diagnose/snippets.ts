import { type Expectations, resolveExpectations } from './expectations.ts';

/** A language and library that a snippet verifies with. */
export type SnippetLanguage = 'node-jose' | 'node-jsonwebtoken' | 'python-pyjwt' | 'go-golang-jwt';

export interface Snippet {
  language: SnippetLanguage;
  title: string;
  code: string;
}

interface Filling {
  algorithms: readonly string[];
  issuers: readonly string[];
  audiences: readonly string[];
  subject: string | undefined;
  toleranceSeconds: number;
  jwksUrl: string;
}

/**
 * Correct verification in four libraries, with the allow-list, issuer, audience and tolerance of the
 * expectations; where one is missing, a placeholder in capitals.
 */
export function verificationSnippets(expectations: Expectations = {}): Snippet[] {
  const demands = resolveExpectations(expectations);
  const { jwks } = expectations;
  const filling: Filling = {
    algorithms: demands.algorithms ?? ['RS256'],
    issuers: demands.issuers.length > 0 ? demands.issuers : ['ISSUER'],
    audiences: demands.audiences.length > 0 ? demands.audiences : ['AUDIENCE'],
    subject: demands.subject,
    toleranceSeconds: demands.toleranceSeconds,
    jwksUrl: typeof jwks === 'string' || jwks instanceof URL ? String(jwks) : 'JWKS_URL',
  };
  return [
    { language: 'node-jose', title: 'Node.js, jose', code: jose(filling) },
    { language: 'node-jsonwebtoken', title: 'Node.js, jsonwebtoken', code: jsonwebtoken(filling) },
    { language: 'python-pyjwt', title: 'Python, PyJWT', code: pyjwt(filling) },
    { language: 'go-golang-jwt', title: 'Go, golang-jwt', code: golangJwt(filling) },
  ];
}

function jose({ algorithms, issuers, audiences, subject, toleranceSeconds, jwksUrl }: Filling): string {
  return `import { createRemoteJWKSet, jwtVerify } from 'jose';

const jwks = createRemoteJWKSet(new URL(${quote(jwksUrl)}));
const { payload } = await jwtVerify(token, jwks, {
  algorithms: ${list(algorithms)}, // the allow-list: never the token's own alg
  issuer: ${oneOrList(issuers)},
  audience: ${oneOrList(audiences)},${optional('subject', subject)}
  clockTolerance: ${toleranceSeconds}, // seconds
  requiredClaims: ['exp'],
});
`;
}

function jsonwebtoken({
  algorithms,
  issuers,
  audiences,
  subject,
  toleranceSeconds,
  jwksUrl,
}: Filling): string {
  return `import jwt from 'jsonwebtoken';
import { JwksClient } from 'jwks-rsa';

const client = new JwksClient({ jwksUri: ${quote(jwksUrl)}, cache: true, rateLimit: true });
const { kid } = jwt.decode(token, { complete: true }).header;
const key = await client.getSigningKey(kid);
const payload = jwt.verify(token, key.getPublicKey(), {
  algorithms: ${list(algorithms)}, // the allow-list: never the token's own alg
  issuer: ${oneOrList(issuers)},
  audience: ${oneOrList(audiences)},${optional('subject', subject)}
  clockTolerance: ${toleranceSeconds}, // seconds
});
if (payload.exp === undefined) throw new Error('exp is missing'); // jsonwebtoken does not demand it
`;
}

function pyjwt({ algorithms, issuers, audiences, subject, toleranceSeconds, jwksUrl }: Filling): string {
  const withSubject = subject === undefined ? '' : `\n    subject=${doubleQuote(subject)},`;
  return `import jwt

client = jwt.PyJWKClient(${doubleQuote(jwksUrl)}, lifespan=900)
payload = jwt.decode(
    token,
    client.get_signing_key_from_jwt(token).key,
    algorithms=${list(algorithms, doubleQuote)},  # the allow-list: never the token's own alg
    issuer=${oneOrList(issuers, doubleQuote)},
    audience=${oneOrList(audiences, doubleQuote)},${withSubject}
    leeway=${toleranceSeconds},  # seconds
    options={"require": ["exp"]},
)
`;
}

function golangJwt({ algorithms, issuers, audiences, subject, toleranceSeconds, jwksUrl }: Filling): string {
  const withSubject = subject === undefined ? '' : `\n\tjwt.WithSubject(${doubleQuote(subject)}),`;
  const others = issuers.length > 1 ? ` // for ${issuers.length - 1} more, check iss after parsing` : '';
  const accepted = audiences.map(doubleQuote).join(', ');
  return `import (
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

keys, err := keyfunc.NewDefault([]string{${doubleQuote(jwksUrl)}})
if err != nil {
	return err
}
token, err := jwt.Parse(text, keys.Keyfunc,
	jwt.WithValidMethods([]string{${algorithms.map(doubleQuote).join(', ')}}), // the allow-list: never the token's own alg
	jwt.WithIssuer(${doubleQuote(issuers[0] ?? '')}),${others}
	jwt.WithAudience(${accepted}),${withSubject}
	jwt.WithExpirationRequired(),
	jwt.WithLeeway(${toleranceSeconds}*time.Second),
)
`;
}

function optional(name: string, value: string | undefined): string {
  return value === undefined ? '' : `\n  ${name}: ${quote(value)},`;
}

function oneOrList(values: readonly string[], quoted = quote): string {
  return values.length === 1 ? quoted(values[0] ?? '') : list(values, quoted);
}

function list(values: readonly string[], quoted = quote): string {
  return `[${values.map(quoted).join(', ')}]`;
}

/** A string literal of JavaScript, in the quotes that are usual there. */
function quote(value: string): string {
  return /['"\\\p{Cc}]/u.test(value) ? JSON.stringify(value) : `'${value}'`;
}

/** A string literal of Python and Go: JSON's escapes are valid in both. */
function doubleQuote(value: string): string {
  return JSON.stringify(value);
}
