import { Compute, GoogleAuth } from 'google-auth-library';
import { createIamSigner } from '../../functions/google/iam-signer.ts';
import type { SignedJwt } from '../../functions/issuance/ports.ts';
import { connections } from './load.ts';
import { RawConnection, rawPost } from './raw-connection.ts';
import { takeTurns } from './rounds.ts';
import { compare, type Row } from './row.ts';
import { setStage } from './stage.ts';

const calls = 4_000;
const serviceAccount = 'signer@acme.iam.gserviceaccount.com';
const path = `/v1/projects/-/serviceAccounts/${serviceAccount}:signJwt`;
const accessToken = 'ya29.bench';
const iat = Math.floor(Date.now() / 1000);
const claims = {
  iss: serviceAccount,
  sub: serviceAccount,
  aud: 'https://reports.example.com',
  iat,
  exp: iat + 3600,
};

type Sign = () => Promise<SignedJwt>;

/** CPU time of this process for one `signJwt`, 64 at once, through our client, Google's and a bare socket. */
export async function rows(): Promise<Row[]> {
  const stage = await setStage(0);
  const origin = `http://127.0.0.1:${stage.iamPort}`;
  const signers = await Promise.all(Array.from({ length: connections }, () => rawSigner(stage.iamPort)));
  const ours = ourSigner(origin);
  const google = googleSigner(origin);
  const contenders = {
    raw: () => cpuOf((index) => (signers[index] as Sign)(), calls * 2),
    ours: () => cpuOf(ours, calls * 2),
    google: () => cpuOf(google, calls / 4),
  };
  // Each figure is of a third of a second, in which the machine may be at something else.
  const microseconds = await takeTurns(contenders, { count: 25 });
  await stage.stop();
  const what = 'IAM client, IAM at 0 ms, 64 at once: CPU a call';
  return [
    compare(what, 'a raw keep-alive socket', microseconds.ours, microseconds.raw, {
      unit: 'µs',
      goal: ['at most', 4],
    }),
    compare(`${what}, times less`, 'google-auth-library `request`', microseconds.google, microseconds.ours, {
      unit: 'µs',
      goal: ['at least', 8],
    }),
  ];
}

function ourSigner(origin: string): Sign {
  const credentials = {
    accessToken: async () => accessToken,
    email: async () => serviceAccount,
    discard: () => undefined,
  };
  const signer = createIamSigner({ iamCredentials: origin, keys: origin, isLocal: false }, credentials);
  return () => {
    const scope = { requestId: 'r', deadline: performance.now() + 9_000, traceparent: undefined };
    return signer.signJwt({ serviceAccount, delegates: [], claims }, scope);
  };
}

/** As its readme has it: `GoogleAuth` with the credentials of the runtime, here those of a metadata server. */
function googleSigner(origin: string): Sign {
  const client = new Compute();
  client.setCredentials({ access_token: accessToken, expiry_date: Date.now() + 3.6e6 });
  const auth = new GoogleAuth({ authClient: client });
  return async () => {
    const data = { delegates: [], payload: JSON.stringify(claims) };
    return (await auth.request<SignedJwt>({ url: origin + path, method: 'POST', data })).data;
  };
}

async function rawSigner(port: number): Promise<Sign> {
  const connection = await RawConnection.open(port);
  const headers = { authorization: `Bearer ${accessToken}` };
  return async () => {
    const body = JSON.stringify({ delegates: [], payload: JSON.stringify(claims) });
    return JSON.parse(await connection.call(rawPost(path, headers, body)));
  };
}

/** Microseconds of CPU for each of so many calls, 64 at once. */
async function cpuOf(sign: (index: number) => Promise<SignedJwt>, count: number): Promise<number> {
  let left = count;
  const work = async (index: number) => {
    for (; left > 0; left -= 1) {
      const { signedJwt } = await sign(index);
      if (!signedJwt.startsWith('eyJ')) throw new Error('Nothing was signed.');
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: connections }, (_each, index) => work(index)));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
