import { type Expectations, resolveExpectations } from './expectations.ts';
import { printable } from './unprintable.ts';

/** A language and library that a snippet verifies with. */
export type SnippetLanguage = 'node-jose' | 'node-jsonwebtoken' | 'python-pyjwt' | 'go-golang-jwt';

/** A program, or the part of one, that verifies a token. */
export interface Snippet {
  /** Which it is. */
  language: SnippetLanguage;
  /** The language and the library, for people. */
  title: string;
  /** To be pasted. */
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
  const several = issuers.length > 1 ? '  # a list from PyJWT 2.10 on' : '';
  return `import jwt

client = jwt.PyJWKClient(${doubleQuote(jwksUrl)}, lifespan=900)
payload = jwt.decode(
    token,
    client.get_signing_key_from_jwt(token).key,
    algorithms=${list(algorithms, doubleQuote)},  # the allow-list: never the token's own alg
    issuer=${oneOrList(issuers, doubleQuote)},${several}
    audience=${oneOrList(audiences, doubleQuote)},
    leeway=${toleranceSeconds},  # seconds
    options={"require": ["exp"]},
)
${subject === undefined ? '' : pyjwtSubject(subject)}`;
}

/** Older releases take `subject=` without a word and check nothing. */
function pyjwtSubject(subject: string): string {
  return `if payload.get("sub") != ${doubleQuote(subject)}:  # decode itself checks it from PyJWT 2.10 on
    raise jwt.InvalidTokenError("sub is not the one expected")
`;
}

function golangJwt({ algorithms, issuers, audiences, subject, toleranceSeconds, jwksUrl }: Filling): string {
  const [onlyIssuer, ...otherIssuers] = issuers;
  const several = otherIssuers.length > 0;
  const withIssuer = several ? '' : `\n\tjwt.WithIssuer(${doubleQuote(onlyIssuer ?? '')}),`;
  const withSubject = subject === undefined ? '' : `\n\tjwt.WithSubject(${doubleQuote(subject)}),`;
  const accepted = audiences.map(doubleQuote).join(', ');
  return `import (${several ? '\n\t"errors"' : ''}
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

keys, err := keyfunc.NewDefault([]string{${doubleQuote(jwksUrl)}})
if err != nil {
	return err
}
token, err := jwt.Parse(text, keys.Keyfunc,
	jwt.WithValidMethods([]string{${algorithms.map(doubleQuote).join(', ')}}), // the allow-list: never the token's own alg${withIssuer}
	jwt.WithAudience(${accepted}),${audiences.length > 1 ? ' // several from v5.3 on' : ''}${withSubject}
	jwt.WithExpirationRequired(),
	jwt.WithLeeway(${toleranceSeconds}*time.Second),
)
if err != nil {
	return err
}
${several ? golangIssuers(issuers) : ''}`;
}

/** golang-jwt knows one issuer. */
function golangIssuers(issuers: readonly string[]): string {
  return `switch issuer, _ := token.Claims.GetIssuer(); issuer {
case ${issuers.map(doubleQuote).join(', ')}:
default:
	return errors.New("iss is none of those expected")
}
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
  return /['"\\\p{Cc}]/u.test(value) ? doubleQuote(value) : `'${printable(value)}'`;
}

/** A string literal of Python and Go: JSON's escapes are valid in both, for what is in the basic plane. */
function doubleQuote(value: string): string {
  return printable(JSON.stringify(value));
}
