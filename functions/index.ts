import { http } from '@google-cloud/functions-framework';
import { compose, composeBatch } from './compose.ts';
import { ConfigError, readBatchConfig, readHttpConfig, readTarget } from './config.ts';
import { createPushHandler } from './events/handle-push.ts';
import { installFront } from './http/front.ts';
import { createHandler } from './http/handle.ts';

/**
 * config -> adapters -> handler, registered with functions-framework. One source has two targets, and a process
 * serves one of them, so that only its settings are asked for. Both are `http`: the batch target is to see headers,
 * and messages of attributes alone, which the framework's event functions do not get.
 */
function start(): void {
  const stopping = new AbortController();
  try {
    const target = readTarget();
    const handler =
      target === 'countersignBatch'
        ? createPushHandler(composeBatch(readBatchConfig(), stopping.signal))
        : createHandler(compose(readHttpConfig()));
    http(target, handler);
    installFront(handler, stopping);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) console.error(`countersign: ${mistake}`);
    process.exit(1);
  }
}

start();
