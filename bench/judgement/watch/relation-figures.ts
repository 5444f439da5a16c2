import { lostRelations } from '../../../src/domain/watch/lost-relations.ts';
import { featureRelations } from '../../../src/trainers/judge/feature-relations.ts';
import { relationWorld } from '../../../tests/worlds/relation-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const alpha = 0.05;
const before = [1.5, 1, 0.5, 0, 0, 0];
const rows = { trainingRows: 2_000, testRows: 800 };

/** How often features are named that have lost nothing, and found that have lost what they said. */
export function relationFigures(runs: number): readonly Figure[] {
  const same = namedIn('nothing', before, 0, runs);
  const remembering = namedIn('memory', before, 0.9, runs);
  const lost = namedIn('lost', before.with(0, 0), 0, runs);
  const anyOf = (found: readonly (readonly string[])[]) => found.filter((features) => features.length > 0).length;
  const first = lost.filter((features) => features.includes('f0')).length;
  const others = lost.filter((features) => features.some((feature) => feature !== 'f0')).length;
  return [
    atMost('nothing lost, a feature named', anyOf(same), runs, alpha),
    atMost('nothing lost, rows that remember (0.9), a feature named', anyOf(remembering), runs, alpha),
    atLeast('the strongest lost, named', first, runs, 0.95),
    atMost('the strongest lost, another one named', others, runs, alpha),
  ];
}

/** The features that are named, run by run. */
function namedIn(name: string, after: readonly number[], memory: number, runs: number): readonly string[][] {
  return Array.from({ length: runs }, (_, run) => {
    const relationsOf = (weights: readonly number[], when: string) =>
      featureRelations(relationWorld({ ...rows, weights, memory }, `${name} ${when} ${run}`));
    const best = { version: 1, relations: relationsOf(before, 'then') };
    const now = { version: 2, relations: relationsOf(after, 'now') };
    return lostRelations(best, now).map(({ feature }) => feature);
  });
}
