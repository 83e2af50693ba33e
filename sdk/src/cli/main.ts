#!/usr/bin/env node
import { printable } from '../diagnose/unprintable.ts';
import { exitCodes } from './command.ts';
import { processSurroundings } from './process-surroundings.ts';
import { run } from './run.ts';

const surroundings = processSurroundings();
try {
  process.exitCode = await run(process.argv.slice(2), surroundings);
} catch (error) {
  surroundings.printError(
    `countersign: ${printable(error instanceof Error ? error.message : String(error))}\n`,
  );
  process.exitCode = exitCodes.undecided;
}
