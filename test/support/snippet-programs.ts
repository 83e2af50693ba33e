import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './imports.ts';

/** Debian's own, which is where its packages are. */
const python = '/usr/bin/python3';
const debianGo = '/usr/share/gocode';

export interface Program {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** A program that runs the snippet on each line of its input and says `accepted`, or what it was refused with. */
export function writePythonProgram(folder: string, snippet: string): Program {
  const file = join(folder, 'verify.py');
  const runner = `import sys
snippet = compile(${JSON.stringify(snippet)}, "snippet", "exec")
for line in sys.stdin.read().split("\\n"):
    try:
        exec(snippet, {"token": line})
        print("accepted")
    except Exception as error:
        print(type(error).__name__ + ": " + str(error).split("\\n")[0])
`;
  writeFileSync(file, runner);
  return { command: python, args: [file], env: {} };
}

/** The same in Go, compiled. */
export async function writeGoProgram(folder: string, snippet: string): Promise<Program> {
  const [, ownImports = '', body = ''] = /^import \(([\s\S]*?)\n\)\n([\s\S]*)$/.exec(snippet) ?? [];
  const runner = `package main

import (
	"bufio"
	"fmt"
	"os"
${ownImports}
)

func verify(text string) error {
${body}
	_ = token
	return nil
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := verify(lines.Text()); err != nil {
			fmt.Println(err)
		} else {
			fmt.Println("accepted")
		}
	}
}
`;
  const keyfunc = join(folder, 'src/github.com/MicahParks/keyfunc/v3');
  mkdirSync(keyfunc, { recursive: true });
  copyFileSync(join(root, 'test/support/keyfunc.go'), join(keyfunc, 'keyfunc.go'));
  writeFileSync(join(folder, 'main.go'), runner);
  const env = {
    GO111MODULE: 'off',
    GOPATH: `${folder}:${debianGo}`,
    GOCACHE: join(folder, 'cache'),
    GOFLAGS: '',
    HOME: folder,
  };
  const binary = join(folder, 'verify');
  const args = ['build', '-o', binary, join(folder, 'main.go')];
  await runProgram({ command: 'go', args, env }, '');
  return { command: binary, args: [], env: {} };
}

/** What the program prints for the input, a line each. Rejects where it fails, with what it said. */
export function runProgram({ command, args, env }: Program, input: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', (cause) =>
      reject(new Error(`${command} is missing: sh tools/install-languages.sh`, { cause })),
    );
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve(output.trimEnd().split('\n'));
      else reject(new Error(`${command} ended with ${exitCode}: ${errors}`));
    });
    child.stdin.end(input);
  });
}
