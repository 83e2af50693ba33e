import { describe, expect, test } from 'vitest';
import { ConfigError, readBatchConfig, readHttpConfig, readTarget } from '../../functions/config.ts';

const deployed = {
  K_SERVICE: 'countersign',
  COUNTERSIGN_POLICY: '/secrets/policy.json',
  COUNTERSIGN_URL: 'https://countersign-abc.run.app',
};

const local = {
  COUNTERSIGN_LOCAL: 'true',
  COUNTERSIGN_POLICY: 'policy.json',
  COUNTERSIGN_URL: 'http://127.0.0.1:8080',
  GCE_METADATA_HOST: '127.0.0.1:8090',
  IAM_CREDENTIALS_EMULATOR_HOST: '127.0.0.1:8090',
  COUNTERSIGN_KEYS_EMULATOR_HOST: 'localhost:8090',
};

function mistakesOf(environment: Record<string, string | undefined>): string[] {
  try {
    readHttpConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).mistakes;
  }
  return [];
}

test('a deployed function talks to Google', () => {
  expect(readHttpConfig(deployed)).toMatchObject({
    hosts: {
      iamCredentials: 'https://iamcredentials.googleapis.com',
      keys: 'https://www.googleapis.com',
      isLocal: false,
    },
    audiences: ['https://countersign-abc.run.app'],
    policyMaxStaleSeconds: 3600,
  });
});

test('a local one talks to the local cloud', () => {
  expect(readHttpConfig(local).hosts).toEqual({
    iamCredentials: 'http://127.0.0.1:8090',
    keys: 'http://localhost:8090',
    isLocal: true,
  });
});

test('callers may use every audience that is listed, and none of them is signed for', () => {
  const config = readHttpConfig({
    ...deployed,
    COUNTERSIGN_AUDIENCES: 'https://a.example.com, https://b.example.com',
    COUNTERSIGN_BATCH_URL: 'https://batch.example.com',
  });
  expect(config.audiences).toEqual(['https://a.example.com', 'https://b.example.com']);
  expect(config.ownAudiences).toEqual([
    'https://countersign-abc.run.app',
    'https://a.example.com',
    'https://b.example.com',
    'https://batch.example.com',
  ]);
});

describe('where K_SERVICE is set the function refuses an emulator', () => {
  test.each([
    'GCE_METADATA_HOST',
    'IAM_CREDENTIALS_EMULATOR_HOST',
    'COUNTERSIGN_KEYS_EMULATOR_HOST',
    'PUBSUB_EMULATOR_HOST',
    'SECRET_MANAGER_EMULATOR_HOST',
  ])('%s', (name) => {
    expect(mistakesOf({ ...deployed, [name]: '127.0.0.1:8090' })).toEqual([expect.stringContaining(name)]);
  });

  test('and COUNTERSIGN_LOCAL', () => {
    expect(mistakesOf({ ...local, K_SERVICE: 'countersign' })).toContainEqual(
      expect.stringContaining('a deployed function never runs on the local cloud'),
    );
  });
});

test.each<[string, Record<string, string | undefined>, RegExp]>([
  [
    'an emulator without local mode',
    { ...deployed, K_SERVICE: undefined, IAM_CREDENTIALS_EMULATOR_HOST: '127.0.0.1:1' },
    /without COUNTERSIGN_LOCAL=true/,
  ],
  [
    'an emulator elsewhere',
    { ...local, IAM_CREDENTIALS_EMULATOR_HOST: 'emulator.example.com:8090' },
    /not a loopback/,
  ],
  [
    'an emulator half set',
    { ...local, COUNTERSIGN_KEYS_EMULATOR_HOST: undefined },
    /COUNTERSIGN_KEYS_EMULATOR_HOST is missing/,
  ],
  ['no policy', { ...deployed, COUNTERSIGN_POLICY: undefined }, /COUNTERSIGN_POLICY is missing/],
  ['no URL', { ...deployed, COUNTERSIGN_URL: undefined }, /COUNTERSIGN_URL is missing/],
  ['a URL that is none', { ...deployed, COUNTERSIGN_URL: 'countersign' }, /no URL/],
  ['http', { ...deployed, COUNTERSIGN_URL: 'http://countersign.example.com' }, /not https/],
  [
    'a batch URL that is none',
    { ...deployed, COUNTERSIGN_BATCH_URL: 'not a url' },
    /COUNTERSIGN_BATCH_URL is no URL/,
  ],
  ['loopback http in the cloud', { ...deployed, COUNTERSIGN_URL: 'http://127.0.0.1:8080' }, /not https/],
  ['an empty audience', { ...deployed, COUNTERSIGN_AUDIENCES: 'https://a.example.com,' }, /empty entry/],
  ['a number that is none', { ...deployed, COUNTERSIGN_POLICY_MAX_STALE_SECONDS: '1h' }, /whole number/],
  ['a switch that is neither', { ...deployed, COUNTERSIGN_LOCAL: 'yes' }, /neither true nor false/],
])('names the mistake: %s', (_what, environment, mistake) => {
  expect(mistakesOf(environment)).toEqual([expect.stringMatching(mistake)]);
});

test('names all mistakes at once', () => {
  expect(mistakesOf({ COUNTERSIGN_LOCAL: 'maybe', PUBSUB_EMULATOR_HOST: 'x' })).toHaveLength(4);
});

test('takes the metadata server’s own addresses for real', () => {
  expect(mistakesOf({ ...deployed, GCE_METADATA_HOST: '169.254.169.254' })).toEqual([]);
});

test.each([
  ['the local cloud', local, 'http://127.0.0.1:8090'],
  ['the cloud', deployed, 'http://169.254.169.254'],
  [
    'the cloud, with other credentials',
    { ...deployed, GOOGLE_APPLICATION_CREDENTIALS: '/a.json' },
    undefined,
  ],
  ['anywhere else', { ...deployed, K_SERVICE: undefined }, undefined],
])('knows the metadata server in %s', (_where, environment, origin) => {
  expect(readHttpConfig(environment).metadataOrigin).toBe(origin);
});

test.each([
  [{}, ['node', 'main'], 'countersign'],
  [{ FUNCTION_TARGET: 'countersignBatch' }, [], 'countersignBatch'],
  [{}, ['--target=countersignBatch'], 'countersignBatch'],
  [{ FUNCTION_TARGET: 'countersignBatch' }, ['--target', 'countersign'], 'countersign'],
])('the target of %j and %j is %s', (environment, args, target) => {
  expect(readTarget(environment, args)).toBe(target);
});

describe('the batch target', () => {
  const batch = {
    COUNTERSIGN_POLICY: '/secrets/policy.json',
    COUNTERSIGN_BATCH_URL: 'https://countersign-batch-abc.run.app',
  };

  test('asks for its own settings alone, and talks to Google', () => {
    expect(readBatchConfig({ ...batch, COUNTERSIGN_DEAD_LETTER_TOPIC: 'projects/p/topics/t' })).toMatchObject(
      {
        url: batch.COUNTERSIGN_BATCH_URL,
        deadLetterTopic: 'projects/p/topics/t',
        hosts: {
          secretManager: 'https://secretmanager.googleapis.com',
          pubsub: 'https://pubsub.googleapis.com',
        },
      },
    );
  });

  test('names all of its mistakes at once', () => {
    const environment = { ...local, COUNTERSIGN_DEAD_LETTER_TOPIC: 'dead', COUNTERSIGN_POLICY: undefined };
    expect(() => readBatchConfig(environment)).toThrow(
      /PUBSUB_EMULATOR_HOST[\s\S]*SECRET_MANAGER_EMULATOR_HOST[\s\S]*POLICY[\s\S]*BATCH_URL[\s\S]*DEAD_LETTER_TOPIC/,
    );
  });
});
