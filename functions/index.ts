import { http } from '@google-cloud/functions-framework';
import { compose } from './compose.ts';
import { ConfigError, readHttpConfig } from './config.ts';
import { installFront } from './http/front.ts';
import { createHandler } from './http/handle.ts';

/** config -> adapters -> handler, registered with functions-framework as the target `countersign`. */
function start(): void {
  try {
    http('countersign', createHandler(compose(readHttpConfig())));
    installFront();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) console.error(`countersign: ${mistake}`);
    process.exit(1);
  }
}

start();
