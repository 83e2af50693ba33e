import { existsSync, readFileSync } from 'node:fs';
import type { Parsed } from './parse-command.ts';
import { ApiFault, make, need, needMember, type ProjectState, type Resource } from './state.ts';

/** What a command does to the project, and what it answers. */
type Handler = (state: ProjectState, parsed: Parsed, input: string | undefined) => unknown;

const text = (value: string | true | undefined): string => (typeof value === 'string' ? value : '');
const last = (name: string): string => name.split('/').at(-1) ?? '';
const pairs = (value: string | true | undefined): Record<string, string> =>
  Object.fromEntries(
    text(value)
      .split(',')
      .filter((each) => each !== '')
      .map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
const json = (file: string): Resource => JSON.parse(readFileSync(file, 'utf8'));
const accountKey = (email: string): string => `accounts/${email}`;

/** Where IAM policies are set, by the first words of the commands. */
const policyHolders: Record<string, (name: string) => string> = {
  'iam service-accounts': (name) => accountKey(name),
  secrets: (name) => `secrets/${last(name)}`,
  'pubsub topics': (name) => `topics/${last(name)}`,
  'pubsub subscriptions': (name) => `subscriptions/${last(name)}`,
  'run services': (name) => `services/${name}`,
  'run jobs': (name) => `jobs/${name}`,
};

function getPolicy(key: (name: string) => string): Handler {
  return (state, { positionals: [name = ''] }) => {
    need(state, key(name));
    return {
      bindings: (state.bindings[key(name)] ?? []).map((each) => {
        const [role, member] = each.split(' ');
        return { role, members: [member] };
      }),
      etag: 'BwX',
    };
  };
}

function addBinding(key: (name: string) => string): Handler {
  return (state, { positionals: [name = ''], flags }) => {
    need(state, key(name));
    const role = text(flags['--role']);
    if (role.startsWith('projects/')) need(state, `roles/${last(role)}`);
    needMember(state, text(flags['--member']));
    const held = state.bindings[key(name)] ?? [];
    state.bindings[key(name)] = [...new Set([...held, `${role} ${text(flags['--member'])}`])];
  };
}

function describe(key: (name: string) => string): Handler {
  return (state, { positionals: [name = ''] }) => need(state, key(name));
}

/** Lets a function start only where what it mounts is there for the account that it runs as. */
function needSecrets(state: ProjectState, { flags }: Parsed): void {
  const account = text(flags['--service-account']);
  need(state, accountKey(account));
  for (const mounted of Object.values(pairs(flags['--set-secrets']))) {
    const secret = mounted.split(':')[0] ?? '';
    const isReadable = (state.bindings[`secrets/${secret}`] ?? []).includes(
      `roles/secretmanager.secretAccessor serviceAccount:${account}`,
    );
    if ((state.payloads[secret] ?? []).length === 0 || !isReadable)
      throw new ApiFault(`PERMISSION_DENIED: Permission denied on secret: ${secret}.`);
  }
}

const deployFunction: Handler = (state, parsed) => {
  const { positionals, flags } = parsed;
  needSecrets(state, parsed);
  if (!existsSync(`${text(flags['--source'])}/package.json`))
    throw new ApiFault('INVALID_ARGUMENT: no source');
  const name = positionals[0] ?? '';
  const labels = pairs(flags['--update-labels']);
  state.resources[`functions/${name}`] = { name, state: 'ACTIVE', labels, flags };
  // A deployment may put the service's own settings back: what was set on it beside is set anew.
  state.resources[`services/${name}`] = { metadata: { name, annotations: {} } };
};

const updateService: Handler = (state, { positionals: [name = ''], flags }) => {
  const service = need(state, `services/${name}`) as { metadata: { annotations: Record<string, string> } };
  const { annotations } = service.metadata;
  if (flags['--no-invoker-iam-check']) annotations['run.googleapis.com/invoker-iam-disabled'] = 'true';
  const audience = flags['--add-custom-audiences'];
  if (audience) annotations['run.googleapis.com/custom-audiences'] = JSON.stringify([audience]);
};

function subscriptionOf({ flags }: Parsed): Resource {
  const push = text(flags['--push-endpoint']);
  const oidcToken = {
    serviceAccountEmail: flags['--push-auth-service-account'],
    audience: flags['--push-auth-token-audience'],
  };
  return {
    ackDeadlineSeconds: Number(flags['--ack-deadline'] ?? 10),
    pushConfig: push === '' ? {} : { pushEndpoint: push, oidcToken },
    retryPolicy: { minimumBackoff: flags['--min-retry-delay'], maximumBackoff: flags['--max-retry-delay'] },
    deadLetterPolicy: {
      deadLetterTopic: flags['--dead-letter-topic'],
      maxDeliveryAttempts: Number(flags['--max-delivery-attempts'] ?? 5),
    },
    state: 'ACTIVE',
  };
}

function needSubscribed(state: ProjectState, { flags }: Parsed): void {
  for (const flag of ['--topic', '--dead-letter-topic']) {
    if (flags[flag] !== undefined) need(state, `topics/${last(text(flags[flag]))}`);
  }
  const account = flags['--push-auth-service-account'];
  if (account !== undefined) need(state, accountKey(text(account)));
}

/** Google answers so for up to ten minutes where a metric is new; here for as long as there is none. */
function needMetrics(state: ProjectState, policy: Resource): void {
  for (const [, name = ''] of JSON.stringify(policy).matchAll(/logging\.googleapis\.com\/user\/([\w-]+)/g)) {
    if (state.resources[`metrics/${name}`] === undefined) {
      throw new ApiFault(`NOT_FOUND: Cannot find metric(s) that match type = "${name}".`);
    }
  }
}

const scheduled: Handler = (state, { command, positionals: [name = ''], flags }) => {
  need(state, accountKey(text(flags['--oauth-service-account-email'])));
  need(state, `jobs/${last(text(flags['--uri'])).split(':')[0]}`);
  const job = {
    schedule: flags['--schedule'],
    httpTarget: {
      uri: flags['--uri'],
      httpMethod: flags['--http-method'],
      oauthToken: { serviceAccountEmail: flags['--oauth-service-account-email'], scope: 'x' },
    },
    state: 'ENABLED',
  };
  if (command.includes('create')) make(state, `schedules/${name}`, job);
  else Object.assign(need(state, `schedules/${name}`), job);
};

export const handlers: Record<string, Handler> = {
  'projects describe': () => '42',
  'services list': (state) => state.services.map((name) => ({ config: { name }, state: 'ENABLED' })),
  'services enable': (state, { positionals }) => {
    state.services.push(...positionals);
  },
  'iam service-accounts describe': describe(accountKey),
  'iam service-accounts create': (state, { positionals: [name = ''], flags }) => {
    const email = `${name}@${text(flags['--project'])}.iam.gserviceaccount.com`;
    make(state, accountKey(email), { email, displayName: flags['--display-name'] });
  },
  'iam roles describe': describe((name) => `roles/${name}`),
  'iam roles create': (state, { positionals: [name = ''], flags }) => {
    const includedPermissions = text(flags['--permissions']).split(',');
    make(state, `roles/${name}`, { title: flags['--title'], includedPermissions });
  },
  'iam roles update': (state, { positionals: [name = ''], flags }) => {
    need(state, `roles/${name}`).includedPermissions = text(flags['--permissions']).split(',');
  },
  'iam roles undelete': (state, { positionals: [name = ''] }) => {
    delete need(state, `roles/${name}`).deleted;
  },
  'secrets describe': describe((name) => `secrets/${last(name)}`),
  'secrets create': (state, { positionals: [name = ''], flags }) => {
    make(state, `secrets/${name}`, { name, labels: pairs(flags['--labels']), annotations: {} });
    state.payloads[name] = [];
  },
  'secrets update': (state, { positionals: [name = ''], flags }) => {
    const secret = need(state, `secrets/${name}`);
    Object.assign(secret.annotations as object, pairs(flags['--update-annotations']));
    Object.assign(secret.labels as object, pairs(flags['--update-labels']));
  },
  'secrets versions add': (state, { positionals: [name = ''], flags }, input) => {
    need(state, `secrets/${name}`);
    if (flags['--data-file'] !== '-' || !input) throw new ApiFault('INVALID_ARGUMENT: an empty payload');
    state.payloads[name]?.push(input);
  },
  'secrets versions describe': (state, { flags }) => {
    const name = text(flags['--secret']);
    need(state, `secrets/${name}`);
    const count = state.payloads[name]?.length ?? 0;
    if (count === 0)
      throw new ApiFault(
        `NOT_FOUND: Secret Version [projects/42/secrets/${name}/versions/latest] not found.`,
      );
    return { name: `projects/42/secrets/${name}/versions/${count}`, state: 'ENABLED' };
  },
  'functions describe': describe((name) => `functions/${name}`),
  'functions deploy': deployFunction,
  'run services describe': describe((name) => `services/${name}`),
  'run services update': updateService,
  'run jobs describe': describe((name) => `jobs/${name}`),
  'run jobs deploy': (state, { positionals: [name = ''], flags }) => {
    need(state, accountKey(text(flags['--service-account'])));
    state.resources[`jobs/${name}`] = { metadata: { name, labels: pairs(flags['--labels']) } };
  },
  'pubsub topics describe': describe((name) => `topics/${last(name)}`),
  'pubsub topics create': (state, { positionals: [name = ''] }) => {
    make(state, `topics/${last(name)}`, { name });
  },
  'pubsub subscriptions describe': describe((name) => `subscriptions/${last(name)}`),
  'pubsub subscriptions create': (state, parsed) => {
    needSubscribed(state, parsed);
    const [name = ''] = parsed.positionals;
    make(state, `subscriptions/${name}`, { ...subscriptionOf(parsed), topic: parsed.flags['--topic'] });
  },
  'pubsub subscriptions update': (state, parsed) => {
    needSubscribed(state, parsed);
    Object.assign(need(state, `subscriptions/${parsed.positionals[0]}`), subscriptionOf(parsed));
  },
  'logging metrics describe': describe((name) => `metrics/${name}`),
  'logging metrics create': (state, { positionals: [name = ''], flags }) => {
    make(state, `metrics/${name}`, { ...json(text(flags['--config-from-file'])), name, version: 'V2' });
  },
  'logging metrics update': (state, { positionals: [name = ''], flags }) => {
    need(state, `metrics/${name}`);
    state.resources[`metrics/${name}`] = { ...json(text(flags['--config-from-file'])), name };
  },
  'monitoring policies list': (state) =>
    Object.entries(state.resources).flatMap(([key, policy]) => (key.startsWith('alerts/') ? [policy] : [])),
  'monitoring policies create': (state, { flags }) => {
    const policy = json(text(flags['--policy-from-file']));
    needMetrics(state, policy);
    const id = Object.keys(state.resources).length;
    make(state, `alerts/${id}`, { ...policy, name: `projects/42/alertPolicies/${id}`, enabled: true });
  },
  'monitoring policies update': (state, { positionals: [name = ''], flags }) => {
    const policy = json(text(flags['--policy-from-file']));
    needMetrics(state, policy);
    const held = need(state, `alerts/${last(name)}`);
    for (const field of text(flags['--fields']).split(',')) held[field] = policy[field];
  },
  'scheduler jobs describe': describe((name) => `schedules/${name}`),
  'scheduler jobs create http': scheduled,
  'scheduler jobs update http': scheduled,
  ...Object.fromEntries(
    Object.entries(policyHolders).flatMap(([words, key]) => [
      [`${words} get-iam-policy`, getPolicy(key)],
      [`${words} add-iam-policy-binding`, addBinding(key)],
    ]),
  ),
};
