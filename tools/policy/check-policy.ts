import type { ProblemFault } from '../../functions/contract/generated/types.ts';
import { PolicyError, parsePolicy } from '../../functions/policy/parse-policy.ts';
import type { CompiledPolicy } from '../../functions/policy/policy.ts';
import { inFormat, renderMistake } from './mistakes.ts';
import type { Report } from './report.ts';

/** A policy as the function would load it, or every mistake that keeps the function from it. */
export type PolicyResult = { policy: CompiledPolicy; mistakes: [] } | { mistakes: ProblemFault[] };

/** Compiles a policy's text with the function's own parser. */
export async function loadPolicy(text: string): Promise<PolicyResult> {
  try {
    return { policy: await parsePolicy(text), mistakes: [] };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { mistakes: inFormat(error.mistakes, 'docs/policy.md') };
  }
}

/** `npm run policy -- check FILE`: every mistake at once. Ends with 0 where there is none, else with 1. */
export async function checkPolicy(path: string, text: string): Promise<Report> {
  const result = await loadPolicy(text);
  if ('policy' in result) return valid(path, result.policy);
  const { mistakes } = result;
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  return {
    lines: [...mistakes.flatMap(renderMistake), `${path}: ${count}.`],
    json: { file: path, valid: false, mistakes },
    exitCode: 1,
  };
}

function valid(path: string, { bindings, signers }: CompiledPolicy): Report {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return {
    lines: [`${path}: valid, ${count(bindings.length, 'binding')}, ${count(signers.length, 'signer')}.`],
    json: { file: path, valid: true, mistakes: [] },
    exitCode: 0,
  };
}
