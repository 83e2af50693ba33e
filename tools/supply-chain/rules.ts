import { readFileSync } from 'node:fs';

/** What the project allows itself to stand on, and why. */
export interface SupplyRules {
  /** Why each direct production dependency is there. */
  reasons: Record<string, string>;
  /** SPDX expressions, each whole: a package with another one is a stranger. */
  licences: string[];
  /** What each install script of the whole tree does, development included. */
  installScripts: Record<string, string>;
}

export const readRules = (): SupplyRules =>
  JSON.parse(readFileSync(new URL('rules.json', import.meta.url), 'utf8'));
