import { featuresOf } from '../../domain/spec/signature.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { ClockFinding, Selection } from '../../domain/training/selection/selection.ts';
import { priorTrainer } from '../families/prior/prior.ts';
import type { Parts } from '../prepare/folder.ts';
import { gapBefore } from '../prepare/split-by-time.ts';
import { findClocks } from './find-clocks.ts';
import { explainedShare, isProvenBetter } from './proven-gain.ts';
import { declaredWays, leavesEnough, lossOf, selectModel, stageOf, usualWay } from './select-model.ts';
import type { FitContext, Selected, Way } from './select-model.ts';

/** Tried after what may be a change: the rows before it are in the way. */
const youngHalfLives = [0.1, 0.03];
/** Of what a fit explains of its own rows. Where nothing changes it keeps more; one that overfits costs two fits. */
const keptShareMin = 0.5;
/** Rows that are asked for that, the oldest: the cost does not grow with the history. */
const explainedRowsMax = 100_000;
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
 * and all rows alike with the older validation rows learnt from as well; where nothing is, the prior is chosen. At most
 * three fits for each declared way, and fifteen more.
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
  const young = await tryAll(
    context,
    split,
    sets,
    (withheld) => youngWays(withheld).filter((way) => leavesEnough(context, split.training, way)),
    'young-',
  );
  if (young !== null && (await beatsPrior(context, young.selected, split))) {
    const [model, other] = [young.selected.model, usual.selected.model];
    const isProven = lossOf(model) < lossOf(other) && isProvenBetter(context, model, other, split.validation);
    if (!isBetter || isProven) return chosen(young, split);
  }
  if (isBetter) return chosen(usual, split);
  const parts = withOlderLearnt(context, split, labelDelay);
  const newest =
    parts === null
      ? null
      : await tryAll(
          context,
          parts,
          sets,
          (withheld) => [{ ...usualWay, withheld }, ...youngWays(withheld)],
          'newest-',
        );
  if (parts !== null && newest !== null && (await beatsPrior(context, newest.selected, parts)))
    return chosen(newest, parts, { newestRows: parts.validation.to - parts.validation.from });
  return { selected: await asPrior(context, usual.selected, split), parts: split, selection: { isPrior: true } };
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

function youngWays(withheld: Way['withheld']): readonly Way[] {
  return youngHalfLives.map((halfLife) => ({ historyShare: 1, halfLife, withheld }));
}

function lowest(tried: readonly Selected[]): Selected {
  return tried.reduce((best, one) => (lossOf(one.model) < lossOf(best.model) ? one : best));
}

/**
 * Boosting begins at its prior, and keeps no tree that is not better on the validation rows. Others are held against
 * class shares, or the mean, of the same rows by the same weights, and of all rows alike.
 */
async function beatsPrior(context: FitContext, { model, way, fittedOn }: Selected, parts: Parts): Promise<boolean> {
  if (model.family === 'gbdt') return model.trees > 0;
  for (const each of [way, { ...way, halfLife: null }]) {
    // oxlint-disable-next-line no-await-in-loop -- two means
    const prior = await priorTrainer.fit(priorStage(context, fittedOn, parts, each));
    if (!(lossOf(model) < lossOf(prior))) return false;
  }
  return true;
}

/**
 * Whether a fit explains less than half as much of the validation rows as of the rows that it was fitted on, in shares
 * of the loss of the prior: what it has learnt may have ceased to hold.
 */
async function hasLostMuch(context: FitContext, { model, way, fittedOn }: Selected, parts: Parts): Promise<boolean> {
  const prior = await priorTrainer.fit(priorStage(context, fittedOn, parts, way));
  const learnt = { from: fittedOn.from, to: Math.min(fittedOn.to, fittedOn.from + explainedRowsMax) };
  const [before, after] = [learnt, parts.validation].map((rows) => explainedShare(context, model, prior, rows));
  return (after ?? 0) < keptShareMin * (before ?? 0);
}

/** What answers as the prior does: trees that are none, or else the prior itself. */
async function asPrior(context: FitContext, selected: Selected, parts: Parts): Promise<Selected> {
  if (selected.model.family === 'gbdt') return selected;
  const way = { ...selected.way, halfLife: null };
  return { ...selected, way, model: await priorTrainer.fit(priorStage(context, selected.fittedOn, parts, way)) };
}

/** Nobody waits for a prior, so it reports nothing. */
function priorStage(context: FitContext, fittedOn: Selected['fittedOn'], { validation }: Parts, way: Way) {
  const stage = stageOf(context, 'prior', fittedOn, validation, null, way);
  return { ...stage, settings: context.settings, checkpoint: null, onProgress: async () => undefined };
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
