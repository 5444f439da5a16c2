import { featuresOf } from '../../domain/spec/signature.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { ClockFinding, Selection } from '../../domain/training/selection/selection.ts';
import type { FittedModel } from '../interface.ts';
import type { Parts } from '../prepare/folder.ts';
import { gapBefore } from '../prepare/split-by-time.ts';
import { asPrior, beatsPrior, hasLostMuch, priorOf } from './against-prior.ts';
import { findClocks } from './find-clocks.ts';
import { isProvenBetter } from './proven-gain.ts';
import { declaredWays, leavesEnough, lossOf, selectModel, usualWay } from './select-model.ts';
import type { FitContext, Selected, Way } from './select-model.ts';

/** Tried after what may be a change: the rows before it are in the way. */
const youngHalfLives = [0.1, 0.03];
/** Of the validation rows: those that still choose where the older ones are learnt from. */
const newestShare = 1 / 3;
/** Fewer rows than this choose by luck. */
const newestRowsMin = 50;

export interface ChosenByTime {
  readonly selected: Selected;
  /** Training and validation as they were used: the validation is shorter where its older rows were learnt from. */
  readonly parts: Parts;
  /** Null where nothing but the share of history was chosen. */
  readonly selection: Selection | null;
}

/**
 * Chooses a fit by what comes next: by validation rows that are younger than all that it learns from. Tried is every
 * declared way, with and without features that may only tell the time. Where the best says much less of the validation
 * rows than of those it has learnt from, so are two short half-lives; where it is not even better than the prior, these
 * and all rows alike with the older validation rows learnt from as well. Both are taken only where they are proven
 * better: so many tries find something by luck. Where nothing is left, the prior is chosen. At most three fits for each
 * declared way, and fifteen more.
 */
export async function selectByTime(
  context: FitContext,
  split: Parts,
  labelDelay: ModelSpec['target']['labelDelay'],
): Promise<ChosenByTime> {
  const sets = withheldSets(context, split);
  const usual = await tryAll(context, split, sets, (withheld) => declaredWays(context.settings, withheld), '');
  if (usual === null) throw new RangeError('no way to fit was tried');
  const isBetter = await beatsPrior(context, usual.selected, split);
  if (isBetter && !(await hasLostMuch(context, usual.selected, split))) return chosen(usual, split);
  const rival = isBetter ? usual.selected : await asPrior(context, usual.selected, split);
  const young = await tryAll(context, split, sets, (withheld) => youngWays(context, split, withheld), 'young-');
  if (young !== null && (await isProven(context, young.selected, rival.model, split))) return chosen(young, split);
  if (isBetter) return chosen(usual, split);
  const newest = await tryNewest(context, withOlderLearnt(context, split, labelDelay), sets);
  return newest ?? { selected: rival, parts: split, selection: { isPrior: true } };
}

/** With the older validation rows learnt from; null where there are none to spare, and where nothing is proven. */
async function tryNewest(
  context: FitContext,
  parts: Parts | null,
  sets: readonly Way['withheld'][],
): Promise<ChosenByTime | null> {
  if (parts === null) return null;
  const { training, validation } = parts;
  const waysOf = (withheld: Way['withheld']) => [{ ...usualWay, withheld }, ...youngWays(context, parts, withheld)];
  const tried = await tryAll(context, parts, sets, waysOf, 'newest-');
  const prior = await priorOf(context, training, parts, usualWay);
  if (tried === null || !(await isProven(context, tried.selected, prior, parts))) return null;
  return chosen(tried, parts, { newestRows: validation.to - validation.from });
}

async function isProven(context: FitContext, tried: Selected, rival: FittedModel, parts: Parts): Promise<boolean> {
  return (
    lossOf(tried.model) < lossOf(rival) &&
    isProvenBetter(context, tried.model, rival, parts.validation) &&
    (await beatsPrior(context, tried, parts))
  );
}

interface Tried {
  readonly selected: Selected;
  readonly clocks: ClockFinding | null;
}

function chosen({ selected, clocks }: Tried, parts: Parts, also: Selection = {}): ChosenByTime {
  const { halfLife } = selected.way;
  const selection: Selection = {
    ...(clocks === null ? {} : { clocks }),
    ...(halfLife === null ? {} : { halfLife }),
    ...also,
  };
  return { selected, parts, selection: Object.keys(selection).length === 0 ? null : selection };
}

/** Which features are left out in turn: none; those in the order of rows; those beyond all that was seen as well. */
function withheldSets({ signature, table }: FitContext, { training, validation }: Parts): readonly Way['withheld'][] {
  const { ordered, beyond } = findClocks({ signature, columns: table.columns }, training, validation);
  const features = featuresOf(signature).map(({ name }) => name);
  const sets = [ordered, [...ordered, ...beyond]]
    .map((set) => features.filter((name) => set.includes(name)))
    .filter((set, at, all) => set.length > 0 && set.length < features.length && set.length !== all[at - 1]?.length);
  return [[], ...sets];
}

/** The best of all sets; ties go to the earlier one. Null where there is no way to try. */
async function tryAll(
  context: FitContext,
  { training, validation }: Parts,
  sets: readonly Way['withheld'][],
  waysOf: (withheld: Way['withheld']) => readonly Way[],
  prefix: string,
): Promise<Tried | null> {
  const tried: Selected[] = [];
  for (const withheld of sets) {
    const ways = waysOf(withheld);
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    if (ways.length > 0) tried.push(await selectModel(context, training, validation, ways, prefix));
  }
  const [withAll, ...without] = tried;
  if (withAll === undefined) return null;
  const best = lowest(tried);
  if (without.length === 0) return { selected: best, clocks: null };
  return {
    selected: best,
    clocks: {
      suspected: sets.at(-1) ?? [],
      withheld: best.way.withheld,
      lossWith: lossOf(withAll.model),
      lossWithout: lossOf(lowest(without).model),
    },
  };
}

function youngWays(context: FitContext, { training }: Parts, withheld: Way['withheld']): readonly Way[] {
  return youngHalfLives
    .map((halfLife) => ({ historyShare: 1, halfLife, withheld }))
    .filter((way) => leavesEnough(context, training, way));
}

function lowest(tried: readonly Selected[]): Selected {
  return tried.reduce((best, one) => (lossOf(one.model) < lossOf(best.model) ? one : best));
}

/** The newest third of the validation rows chooses, all that was known before it is learnt from; null for too few. */
function withOlderLearnt(
  { table }: FitContext,
  { training, validation }: Parts,
  labelDelay: ModelSpec['target']['labelDelay'],
): Parts | null {
  const rows = Math.floor((validation.to - validation.from) * newestShare);
  const from = validation.to - rows;
  const to = from - gapBefore(from, table, labelDelay);
  if (rows < newestRowsMin || to <= training.to) return null;
  return { training: { from: training.from, to }, validation: { from, to: validation.to } };
}
