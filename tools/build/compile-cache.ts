import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const url = 'https://countersign.example.com';
const email = 'caller@build.iam.gserviceaccount.com';
const signer = 'signer@build.iam.gserviceaccount.com';
const kid = 'emulator-build';
/** Users that images run as: Node puts the user's number into the name of the folder. */
const users = ['0', '33', '1000'];
const startMilliseconds = 20_000;

/** A policy whose compilation loads all that a policy can make the function load. */
const policy = {
  bindings: [
    {
      id: 'build',
      members: [`serviceAccount:${email}`],
      audiences: ['https://*.example.com/*'],
      serviceAccounts: [signer],
      claims: { properties: { team: { type: 'string' } } },
    },
  ],
};

/**
 * The environment by which Node starts from the compile cache that `gcp-build` made, found from the folder that the
 * function runs in. Node reads it before its first module, so functions-framework itself is read from it, too.
 */
export const compileCache = { NODE_COMPILE_CACHE: 'dist/compile-cache', NODE_COMPILE_CACHE_PORTABLE: '1' };

/**
 * Makes the compile cache of the built function under `root` for the Node at this path, and for no other version of
 * it: the function is started as it is deployed, signs one token against a Google of this process, and ends, whereupon
 * Node writes what V8 compiled on the way. https://nodejs.org/api/module.html#module-compile-cache
 */
export async function makeCompileCache(root: string, node: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'compile-cache-'));
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signJwt = (claims: object) => {
    const input = `${encode({ alg: 'RS256', kid, typ: 'JWT' })}.${encode(claims)}`;
    return `${input}.${sign('sha256', Buffer.from(input), keys.privateKey).toString('base64url')}`;
  };
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const google = await serveGoogle({ keys: [jwk] }, signJwt);
  try {
    await writeFile(`${scratch}/policy.json`, JSON.stringify(policy));
    const host = `127.0.0.1:${(google.address() as AddressInfo).port}`;
    const port = await freePort();
    const child = spawn(
      node,
      ['node_modules/.bin/functions-framework', '--target=countersign', `--port=${port}`],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          NODE_ENV: 'production',
          ...compileCache,
          COUNTERSIGN_LOCAL: 'true',
          COUNTERSIGN_POLICY: `${scratch}/policy.json`,
          COUNTERSIGN_URL: url,
          GCE_METADATA_HOST: host,
          IAM_CREDENTIALS_EMULATOR_HOST: host,
          COUNTERSIGN_KEYS_EMULATOR_HOST: host,
        },
      },
    );
    const iat = Math.floor(Date.now() / 1000);
    const identity = { iss: 'https://accounts.google.com', aud: url, sub: '1', iat, exp: iat + 600 };
    const idToken = signJwt({ ...identity, email, email_verified: true });
    try {
      await askForToken(`http://127.0.0.1:${port}/v1/tokens`, idToken, child);
    } finally {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
    await linkForOtherUsers(join(root, compileCache.NODE_COMPILE_CACHE));
  } finally {
    google.closeAllConnections();
    google.close();
    await rm(scratch, { recursive: true });
  }
}

/** In Google's place: the metadata server, the keys of ID tokens, and IAM. */
async function serveGoogle(jwks: object, signJwt: (claims: object) => string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answers: Record<string, () => string> = {
      certs: () => JSON.stringify(jwks),
      email: () => 'countersign@build.iam.gserviceaccount.com',
      token: () => JSON.stringify({ access_token: 'ya29.build', expires_in: 3600, token_type: 'Bearer' }),
    };
    const sign = () => {
      const { payload } = JSON.parse(Buffer.concat(chunks).toString());
      return JSON.stringify({ keyId: kid, signedJwt: signJwt(JSON.parse(payload)) });
    };
    const name = new URL(request.url ?? '/', url).pathname.split('/').at(-1) ?? '';
    response.writeHead(200, { 'metadata-flavor': 'Google' }).end((answers[name] ?? sign)());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function askForToken(
  address: string,
  idToken: string,
  child: { exitCode: number | null },
): Promise<void> {
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${idToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ claims: { aud: 'https://reports.example.com/', team: 'blue' } }),
  };
  const giveUpAt = performance.now() + startMilliseconds;
  for (;;) {
    const answer = await fetch(address, request).catch(() => undefined);
    if (answer?.ok) return;
    if (answer !== undefined)
      throw new Error(`The built function answers ${answer.status}: ${await answer.text()}`);
    if (child.exitCode !== null || performance.now() > giveUpAt)
      throw new Error('The built function does not serve.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function linkForOtherUsers(directory: string): Promise<void> {
  const [made = ''] = await readdir(directory);
  for (const user of users) {
    const name = made.replace(/-\d+$/, `-${user}`);
    if (name !== made) await symlink(made, join(directory, name));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
