import matrix from './matrix.json' with { type: 'json' };

/** What a dependency may do wrong, each with its words for a reader. */
export const faults: Readonly<Record<Fault, string>> = matrix.faults;

export type Fault = keyof typeof matrix.faults;

/** Whether anything of the dependency was kept before it failed. */
export type State = 'cold' | 'warm';

/** A call to a dependency, what is asked for it to be made, and what is seen where it fails. */
export interface MatrixSite {
  title: string;
  asked: string;
  /** What is kept in the state `warm`. */
  kept: string;
  /** The faults by what is seen; `all` of them where it is the same. */
  cold: Readonly<Record<string, string | readonly string[]>>;
  warm: Readonly<Record<string, string | readonly string[]>>;
}

export const matrixSites: Readonly<Record<string, MatrixSite>> = matrix.sites;

export interface Cell {
  site: string;
  fault: Fault;
  state: State;
}

export const faultNames = Object.keys(faults) as Fault[];

/** Every cell of these sites. */
export function cellsOf(sites: readonly string[]): Cell[] {
  const states: State[] = ['cold', 'warm'];
  return sites.flatMap((site) =>
    faultNames.flatMap((fault) => states.map((state) => ({ site, fault, state }))),
  );
}

export const cellName = ({ site, fault, state }: Cell) => `${site}: ${fault}, ${state}`;

/** What the matrix says of a cell. Throws where it says nothing, or two things. */
export function expectedOf({ site, fault, state }: Cell): string {
  const seen = Object.entries(matrixSites[site]?.[state] ?? {})
    .filter(([, names]) => names === 'all' || names.includes(fault))
    .map(([each]) => each);
  if (seen.length === 1 && seen[0] !== undefined) return seen[0];
  throw new Error(`matrix.json has ${seen.length} outcomes of "${site}: ${fault}, ${state}" instead of one`);
}
