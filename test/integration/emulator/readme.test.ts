import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createCloud } from '../../../emulator/cloud/cloud.ts';
import { parseSeed } from '../../../emulator/cloud/seed.ts';
import { googleRoutes } from '../../../emulator/google-routes.ts';

const readme = readFileSync('emulator/README.md', 'utf8');
const section = (title: string) => readme.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** The cells of a section's rows, without headings. */
function rows(title: string): string[][] {
  const lines = section(title)
    .split('\n')
    .filter((line) => /^\| (?!behaviour|client)/.test(line));
  return lines.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | ?\|$/g, '').trim()));
}

describe("the emulator's README", () => {
  it.each(['Conformance', "Google's clients"])('names tests that exist in its table %s', (title) => {
    const behaviours = rows(title).filter(([name = '']) => !name.startsWith('**'));
    expect(behaviours.length).toBeGreaterThan(3);
    for (const cells of behaviours) {
      const tests = cells.at(-1)?.split(', ').filter(Boolean) ?? [];
      if (tests.length === 0) expect(cells[1]).toContain('left out');
      for (const name of tests) {
        const path = name.startsWith('unit/')
          ? `test/${name}.test.ts`
          : `test/integration/emulator/${name}.test.ts`;
        expect(existsSync(path), path).toBe(true);
      }
    }
  });

  it('lists every API that a fault can name', () => {
    const apis = new Set(googleRoutes(createCloud(parseSeed())).map(({ api }) => api));
    const sentence = /A fault names an `api` \((.*?)\)/.exec(readme)?.[1] ?? '';
    const listed = [...sentence.matchAll(/`([\w.]+)`/g)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual([...apis].toSorted());
  });

  it('has an example that runs', async () => {
    const code = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
    const file = join(await mkdtemp(join(tmpdir(), 'emulator-')), 'example.ts');
    await writeFile(
      file,
      code.replace("'./emulator", `'${process.cwd()}/emulator`).concat('console.log(environment);\n'),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toContain('GCE_METADATA_HOST');
  });
});
