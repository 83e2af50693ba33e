import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { diagnose } from '../../sdk/src/diagnose/diagnose.ts';
import { explain } from '../../sdk/src/diagnose/explain/explain.ts';
import { describe, median, type Row, ratioOfRounds } from './row.ts';

const rounds = 9;
const callsARound = 1_000;
const issuer = 'signer@acme.iam.gserviceaccount.com';
const audience = 'https://reports.example.com';
const kid = 'key-1';

/** Measures a diagnosis of a good token against jose's verification of it, both with the keys at hand. */
export async function rows(): Promise<Row[]> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const jwks = { keys: [jwk] };
  const key = await importJWK(jwk, 'RS256');
  const token = await new SignJWT({ sub: issuer })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  const ours = async () => {
    const { verdict } = await diagnose(token, { jwks, issuer, audience, algorithms: 'RS256' });
    if (verdict !== 'valid') throw new Error('a good token was found faulty');
  };
  const joses = () => jwtVerify(token, key, { issuer, audience, algorithms: ['RS256'] });
  const times = { ours: [] as number[], jose: [] as number[] };
  // The first two rounds warm the compiler up.
  for (let round = -2; round < rounds; round++) {
    const [mine, theirs] = [await timeOf(ours), await timeOf(joses)];
    if (round < 0) continue;
    times.ours.push(mine);
    times.jose.push(theirs);
  }
  return [
    {
      row: 'diagnose of a good token, keys cached',
      peer: 'jose jwtVerify',
      ratio: ratioOfRounds(times.ours, times.jose),
      figures: `${describe('', times.ours, 'µs').trim()} to ${describe('', times.jose, 'µs').trim()}`,
      goal: ['at most', 2],
    },
    explainRow(),
  ];
}

/** Measures explain over texts that make a careless expression look again and again, against plain words. */
function explainRow(): Row {
  const timesOf = (part: string) => {
    const text = part.repeat(Math.ceil(8_192 / part.length));
    for (let warm = 0; warm < 20; warm++) explain(text);
    return Array.from({ length: 41 }, () => {
      const began = performance.now();
      explain(text);
      return performance.now() - began;
    });
  };
  const words = timesOf('lorem ipsum dolor sit amet ');
  const hostile = ['\\', '&quot;', ' ', 'Jwt_', '\\u0022', '{"a":', 'Expected iss claim to be: '].map(
    timesOf,
  );
  const slowest = hostile.reduce((slow, times) => (median(times) > median(slow) ? times : slow));
  return {
    row: 'explain of 8 KiB, the slowest of 7 hostile texts',
    peer: 'as much of plain words',
    ratio: median(slowest) / median(words),
    figures: `${describe('', slowest, 'ms').trim()} to ${describe('', words, 'ms').trim()}`,
    goal: ['at most', 10],
  };
}

/** Microseconds a call. */
async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < callsARound; i++) await call();
  return ((performance.now() - began) * 1000) / callsARound;
}
