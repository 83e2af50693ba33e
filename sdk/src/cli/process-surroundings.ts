import type { Surroundings } from './command.ts';

/** The surroundings that the process itself is. */
export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    readInput,
    print: (text) => void process.stdout.write(text),
    printError: (text) => void process.stderr.write(text),
    inputIsTerminal: process.stdin.isTTY === true,
    outputIsTerminal: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    interrupted: () =>
      new Promise((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      }),
  };
}

async function readInput(limit: number): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.length > limit) break;
  }
  return text;
}
