/** How many rounds each figure is the median of, where a part does not take more. */
export const rounds = 9;

/**
 * One figure of every contender in each round, one after the other, so that what else the machine does falls on all
 * alike. The first `warmUp` rounds are for the compiler and are left out.
 */
export async function takeTurns<Name extends string>(
  contenders: Record<Name, () => Promise<number> | number>,
  { count = rounds, warmUp = 2 }: { count?: number; warmUp?: number } = {},
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUp; round < count; round += 1) {
    for (const name of names) {
      const figure = await contenders[name]();
      if (round >= 0) figures.get(name)?.push(figure);
    }
  }
  return Object.fromEntries(figures) as Record<Name, number[]>;
}
