import { problemIf, within, type SpecProblem } from '../spec-bounds.ts';
import { completeTrainer, type OwnSpec, type SearchSpec } from '../trainer-spec.ts';
import { endsOf, searchedValuesMax, type Distribution } from './distribution.ts';
import { gridSizeOf } from './grid-size.ts';
import { familiesOf, type SearchedFamily } from './searched-families.ts';
import { searchBounds } from './search-spec.ts';

/** Problems of the settings of one family. */
type CheckOwn = (trainer: OwnSpec) => SpecProblem[];

/**
 * Problems of a search. Where every end of what is searched is a setting of its family, so is all that lies between:
 * `checkOwn` says it of each end.
 */
export function checkSearch(trainer: SearchSpec, checkOwn: CheckOwn): SpecProblem[] {
  const families = familiesOf(trainer);
  const distributions = families.flatMap((family) => checkDistributions(family));
  return [
    ...problemIf(
      families.length === 0,
      'trainer.families',
      'names no family',
      'Say what is searched: search({ gbdt: { leavesMax: draw.integer(7, 63) } }).',
    ),
    ...distributions,
    ...checkLoss(families),
    // Of what is no range, the ends say nothing.
    ...(distributions.length > 0 ? [] : families.flatMap((family) => checkEnds(family, checkOwn))),
    ...checkRules(trainer),
    ...checkGrid(trainer),
  ];
}

/** What says how far an answer is off, or what is promised of it: it cannot be chosen by what comes out best. */
const neverDrawn: readonly string[] = ['objective', 'huberDelta', 'quantile', 'monotone'];

function checkLoss(families: readonly SearchedFamily[]): SpecProblem[] {
  const trees = families.find(({ family }) => family === 'gbdt');
  return [
    ...families.flatMap(({ family, searched }) =>
      Object.keys(searched).flatMap((name) =>
        problemIf(
          neverDrawn.includes(name),
          `trainer.families.${family}.${name}`,
          'says what is minimised or promised, so trials cannot be compared over it',
          'Name one value.',
        ),
      ),
    ),
    ...problemIf(
      trees?.fixed['objective'] !== undefined && families.length > 1,
      'trainer.families.gbdt.objective',
      'is another loss than that of the other families, so their trials cannot be compared',
      'Search gbdt alone, or leave the objective out.',
    ),
  ];
}

function checkRules(trainer: SearchSpec): SpecProblem[] {
  const { halving, computeMsMax, cost, ensemble } = trainer;
  const { trials, parallel, rungs, factor, computeMs, members } = searchBounds;
  return [
    ...within('trainer.trialsMax', trainer.trialsMax, trials.min, trials.max, true),
    ...within('trainer.parallel', trainer.parallel, parallel.min, parallel.max, true),
    ...(halving === undefined
      ? []
      : [
          ...within('trainer.halving.rungs', halving.rungs, rungs.min, rungs.max, true),
          ...within('trainer.halving.factor', halving.factor, factor.min, factor.max, true),
        ]),
    ...(computeMsMax === undefined
      ? []
      : within('trainer.computeMsMax', computeMsMax, computeMs.min, computeMs.max, true)),
    ...(ensemble === undefined
      ? []
      : within('trainer.ensemble.membersMax', ensemble.membersMax, members.min, members.max, true)),
    ...(cost === undefined
      ? []
      : [
          ...within('trainer.cost.perHour', cost.perHour, 0, searchBounds.cost.max, false),
          ...within('trainer.cost.max', cost.max, 0, searchBounds.cost.max, false),
        ]),
  ];
}

function checkGrid(trainer: SearchSpec): SpecProblem[] {
  if (trainer.sampler !== 'grid') return [];
  const ranges = familiesOf(trainer).flatMap(({ family, searched }) =>
    Object.entries(searched)
      .filter(([, { of }]) => of !== 'oneOf')
      .map(([name]) => `trainer.families.${family}.${name}`),
  );
  if (ranges.length > 0)
    return ranges.flatMap((path) =>
      problemIf(true, path, 'is a range, of which a grid has no end', 'Name its values: draw.oneOf(0.03, 0.1, 0.3).'),
    );
  const size = gridSizeOf(trainer);
  return problemIf(
    size > trainer.trialsMax,
    'trainer.trialsMax',
    `leaves out some of the ${size} settings of the grid`,
    `Allow ${size} trials (at most ${searchBounds.trials.max}), or name fewer values.`,
  );
}

function checkDistributions({ family, searched }: SearchedFamily): SpecProblem[] {
  return Object.entries(searched).flatMap(([name, distribution]) =>
    checkDistribution(`trainer.families.${family}.${name}`, distribution),
  );
}

function checkDistribution(path: string, distribution: Distribution): SpecProblem[] {
  if (distribution.of === 'oneOf') {
    const { values } = distribution;
    return [
      ...problemIf(values.length === 0, path, 'has no value', 'Name the values: draw.oneOf(0.03, 0.1).'),
      ...problemIf(
        values.length > searchedValuesMax,
        path,
        'has too many values',
        `Name ${searchedValuesMax} at most.`,
      ),
      ...problemIf(new Set(values).size < values.length, path, 'has a value twice', 'Name each value once.'),
    ];
  }
  const { of, low, high } = distribution;
  const isWhole = of === 'integer' || of === 'logInteger';
  const isLog = of === 'logUniform' || of === 'logInteger';
  return [
    ...problemIf(!(low < high), path, `goes from ${low} to ${high}`, 'Say the smaller end first.'),
    ...problemIf(isLog && !(low > 0), path, `begins with ${low}, which has no logarithm`, 'Begin above 0.'),
    ...problemIf(
      isWhole && !(Number.isInteger(low) && Number.isInteger(high)),
      path,
      `has no whole ends: ${low} and ${high}`,
      'Use whole numbers.',
    ),
  ];
}

function checkEnds({ family, fixed, searched }: SearchedFamily, checkOwn: CheckOwn): SpecProblem[] {
  const drawn = Object.entries(searched);
  const firsts = Object.fromEntries(drawn.map(([name, distribution]) => [name, endsOf(distribution)[0]]));
  const all = drawn.flatMap(([name, distribution]) =>
    endsOf(distribution).map((value) => ({ ...fixed, ...firsts, [name]: value })),
  );
  const problems = (all.length === 0 ? [fixed] : all).flatMap((settings) =>
    checkOwn(completeTrainer({ kind: family, ...settings }) as OwnSpec),
  );
  const seen = new Set<string>();
  return problems
    .map((problem) => ({ ...problem, path: problem.path.replace(/^trainer\./, `trainer.families.${family}.`) }))
    .filter(({ path, message }) => {
      const key = JSON.stringify([path, message]);
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
}
