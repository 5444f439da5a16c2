import { causeAlpha } from '../../../src/domain/watch/causes/decay-causes.ts';
import { causesIn, type DecayCauseWorld } from '../../../tests/worlds/decay-cause-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const world = (name: string, more: Partial<DecayCauseWorld> = {}): DecayCauseWorld => ({
  name,
  mean: -1.15,
  where: 0,
  noise: 4,
  runRows: 1,
  moodRows: 0,
  ...more,
});

/** Whether the first that is named must be the guilty one in most decays, or it is enough not to name others. */
const worlds: readonly {
  readonly world: DecayCauseWorld;
  readonly guilty: string | null;
  readonly isSure: boolean;
  readonly isShort?: boolean;
}[] = [
  { world: world('a fifth of the rows'), guilty: 'guilty', isSure: true, isShort: true },
  { world: world('a fifth of the rows, 2 % positives', { mean: -5, noise: 6 }), guilty: 'guilty', isSure: false },
  {
    world: world('a fifth of the rows, moods of 100 rows', { moodRows: 100, noise: 5 }),
    guilty: 'guilty',
    isSure: true,
  },
  {
    world: world('a fifth of the rows, entities in runs of 5', { runRows: 5, noise: 20 }),
    guilty: 'guilty',
    isSure: false,
  },
  { world: world('all rows alike', { where: null, noise: 2 }), guilty: null, isSure: false, isShort: true },
  { world: world('more hard rows', { where: 'mix', mean: -3 }), guilty: 'level', isSure: true, isShort: true },
];

const longFormDecays = 100;

/** Decays of which it is known where the loss rose: what is named, and how often an innocent feature is. */
export function decayCauseFigures(decays: number): readonly Figure[] {
  const played = decays < longFormDecays ? worlds.filter(({ isShort }) => isShort) : worlds;
  return played.flatMap(({ world: of, guilty, isSure }) => {
    let [found, named, first] = [0, 0, 0];
    for (let run = 0; run < decays; run++) {
      const told = causesIn(of, `${of.name} ${run}`);
      if (told === null) continue;
      found++;
      const names = told.causes.map(({ name }) => name);
      if (names.some((name) => name.startsWith('innocent'))) named++;
      if (names[0] === guilty) first++;
    }
    if (found === 0) return [];
    const said = `decay in ${of.name}`;
    const innocent = atMost(`${said}: an innocent feature named`, named, found, causeAlpha);
    return guilty === null
      ? [innocent]
      : [innocent, atLeast(`${said}: the cause named first`, first, found, isSure ? 0.9 : 0)];
  });
}
