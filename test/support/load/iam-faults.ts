/** What IAM does wrong, and the only code that a caller may then see instead of its token. */
export interface IamFault {
  readonly name: string;
  /** As the local cloud's controls take it. */
  readonly fault: Readonly<Record<string, unknown>>;
  readonly code: string;
  /** Whether the function tries again, so that most callers get their token after all. */
  readonly isRetried: boolean;
}

export const iamFaults: readonly IamFault[] = [
  { name: '503', fault: { status: 503 }, code: 'signer_unavailable', isRetried: true },
  { name: '500', fault: { status: 500 }, code: 'signer_unavailable', isRetried: true },
  { name: '401', fault: { status: 401 }, code: 'signer_unavailable', isRetried: true },
  { name: '429', fault: { status: 429 }, code: 'signer_quota_exceeded', isRetried: false },
  { name: '400', fault: { status: 400 }, code: 'signer_rejected', isRetried: false },
  {
    name: '403',
    fault: { status: 403, reason: 'IAM_PERMISSION_DENIED' },
    code: 'signer_permission_missing',
    isRetried: false,
  },
  {
    name: 'garbage',
    fault: { status: 200, body: '<html>' },
    code: 'signer_response_invalid',
    isRetried: false,
  },
  { name: 'reset', fault: { resetAfterBytes: 0 }, code: 'signer_unavailable', isRetried: true },
  { name: 'truncated', fault: { closeAfterBytes: 10 }, code: 'signer_unavailable', isRetried: true },
  { name: 'slow body', fault: { slowBodyMs: 2_000 }, code: 'deadline_exceeded', isRetried: true },
];

/** IAM says nothing at all: the caller hears so at the function's deadline. */
export const blackHole: IamFault = {
  name: 'black hole',
  fault: { latencyMs: 60_000 },
  code: 'deadline_exceeded',
  isRetried: false,
};

/** The local cloud's faults, over its HTTP controls. */
export function createFaultControl(emulatorUrl: string, { fault }: IamFault) {
  const url = `${emulatorUrl}/emulator/v1/faults`;
  return {
    /** The next call of signJwt meets it. */
    async inject(): Promise<void> {
      const body = JSON.stringify({ api: 'signJwt', ...fault });
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the local cloud took no fault: ${answer.status}`);
    },
    /** Drops those that no call has met yet, and answers how many. */
    async clear(): Promise<number> {
      const pending = (await (await fetch(url)).json()) as { faults: unknown[] };
      await fetch(url, { method: 'DELETE' });
      return pending.faults.length;
    },
  };
}
