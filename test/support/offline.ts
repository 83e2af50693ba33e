import nock from 'nock';
import { afterEach } from 'vitest';

// Nothing in the suite may leave the machine; what a test expects of Google it says with nock.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);

afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  if (unused.length > 0) throw new Error(`nock: never used: ${unused.join(', ')}`);
});
