import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { root } from './imports.ts';

export interface FoundExpression {
  file: string;
  expression: RegExp;
}

/** A literal where an operand may stand; comments are gone by then, and a division has an operand on its left. */
const literal =
  /(?<=(?:^|[=(,:!&|?[;{>]|return|\n)\s*)\/((?:[^/\\\n[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)\/([dgimsuvy]*)/g;

/** Every regular expression that the product has: literals in the sources, and patterns in the contract's data. */
export function findRegularExpressions(): FoundExpression[] {
  return [...['functions', 'sdk/src', 'sdk/page', 'tools'].flatMap(inSources), ...inContract()];
}

function inSources(folder: string): FoundExpression[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .flatMap((file) => {
      const text = readFileSync(join(root, folder, file), 'utf8');
      const { code } = transformSync(text, { loader: 'ts', legalComments: 'none' });
      return [...code.matchAll(literal)].map(([, source = '', flags]) => ({
        file: `${folder}/${file}`,
        expression: new RegExp(source, flags),
      }));
    });
}

function inContract(): FoundExpression[] {
  const folder = 'functions/contract';
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.json') && file !== 'openapi.json')
    .flatMap((file) => {
      const found: FoundExpression[] = [];
      JSON.parse(readFileSync(join(root, folder, file), 'utf8'), (name, value) => {
        if (name === 'pattern' && typeof value === 'string') {
          found.push({ file: `${folder}/${file}`, expression: new RegExp(value, 'u') });
        }
        return value;
      });
      return found;
    });
}
