/** In how many of `runs` runs something was found. */
export function howOften(runs: number, isFound: (run: number) => boolean): number {
  let found = 0;
  for (let run = 0; run < runs; run++) if (isFound(run)) found++;
  return found;
}
