import { asLosses, equalWorlds, playExperiment } from '../../../tests/worlds/experiment-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const alpha = 0.05;
const rows = 1_000;
/** How much worse the last candidate's losses are, in deviations of its difference from another one. */
const harm = 0.25;

/** Experiments of equal candidates, of which none may be said to be worse, and of one that is worse. */
export function experimentFigures(runs: number): readonly Figure[] {
  return [
    ...[2, 4, 16].flatMap((candidates) =>
      equalWorlds.map((world) => {
        const wrong = count(runs, (run) => {
          const { standings } = playExperiment(world, { candidates, rows, seed: `equal ${candidates} ${run}` });
          return standings.some(({ standing }) => standing === 'worse');
        });
        return atMost(`${candidates} equal candidates, ${world.name}: any is said to be worse`, wrong, runs, alpha);
      }),
    ),
    ...equalWorlds.map((world) => {
      const outside = count(runs, (run) => {
        const { standings } = playExperiment(world, { candidates: 4, rows, seed: `covered ${run}` });
        return standings.some(
          ({ difference }) => difference !== null && (difference.lower > 0 || difference.upper < 0),
        );
      });
      return atMost(`4 equal candidates, ${world.name}: any interval leaves out 0`, outside, runs, alpha);
    }),
    found(4, 0.8, runs),
    found(16, 0.8, runs),
  ];
}

/** The last one is worse by a quarter of a deviation. */
function found(candidates: number, share: number, runs: number): Figure {
  const seen = count(runs, (run) => {
    const { standings } = playExperiment(asLosses, { candidates, rows, harm, seed: `harmed ${candidates} ${run}` });
    return standings.some(({ name, standing }) => name === `c${candidates}` && standing === 'worse');
  });
  const what = `${candidates} candidates, one worse by a quarter of a deviation: said to be worse`;
  return atLeast(what, seen, runs, share);
}

function count(runs: number, isSo: (run: number) => boolean): number {
  return Array.from({ length: runs }, (_, run) => run).filter(isSo).length;
}
