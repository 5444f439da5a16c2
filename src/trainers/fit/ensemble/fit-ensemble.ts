import type { Ensemble, EnsembleAsk, EnsembleMember } from '../../../domain/training/search/ensemble.ts';
import { answersOfScores, averageModel, scoresOf, type WeightedModel } from '../../ensemble/average-model.ts';
import { chooseMembers } from '../../ensemble/choose-members.ts';
import type { FittedModel, OnProgress, RowRange } from '../../interface.ts';
import type { FolderRows } from '../../prepare/read-folder.ts';
import { answersFile } from '../fit-context.ts';
import { fitMember, refitMember } from './fit-member.ts';
import { lossesAt } from '../losses-on.ts';
import { isGainProven } from '../proven-gain.ts';
import { usualWay, type FitContext, type Selected } from '../select-model.ts';
import { readAnswers } from './trial-answers.ts';

/** Stretches of the validation rows: every second one chooses, the others say whether that helped. */
const stretches = 20;
/** The newest rows that choose and say; the cost does not grow with the history. */
const rowsMax = 100_000;

/** What a fit of members is made of. */
export interface EnsembleAsked {
  readonly folder: string;
  readonly rows: FolderRows;
  /** Of the settings that were chosen: they say how an answer is measured. */
  readonly context: FitContext;
  readonly report: OnProgress;
}

/** What was found, and the fits whose mean answers; null where the best trial answers alone. */
export interface FittedEnsemble {
  readonly ensemble: Ensemble;
  readonly members: readonly WeightedModel[] | null;
}

/**
 * Chooses members among trials on every second stretch of the validation rows, and takes their mean where the other
 * stretches prove it better than `best`, which is fitted without it. Members that were chosen before are taken as they
 * are.
 */
export async function fitEnsemble(asked: EnsembleAsked, ask: EnsembleAsk, best: FittedModel): Promise<FittedEnsemble> {
  if ('members' in ask)
    return { ensemble: { isTaken: true, members: ask.members }, members: await fitMembers(asked, ask.members) };
  if (ask.trials.length < 2) return alone('fewer than two trials have a loss');
  const halves = halvesOf(asked.rows.split.validation);
  if (halves === null) return alone(`there are fewer than ${stretches * 2} validation rows`);
  const chosen = await chooseAmong(asked, ask, halves.choosing);
  if (chosen.length < 2) return alone('no mean was better on the rows that choose', chosen);
  const members = await fitMembers(asked, chosen);
  const model = averageModel(asked.rows.signature, members);
  const [own, other] = [model, best].map((each) => lossesOfModel(asked, each, halves.saying));
  const held = { rows: halves.saying.length, loss: meanOf(own), lossOfBest: meanOf(other) };
  return isGainProven((other ?? new Float64Array()).map((loss, row) => loss - (own?.[row] ?? 0)))
    ? { ensemble: { isTaken: true, members: chosen, held }, members }
    : { ensemble: { isTaken: false, why: 'their mean is not proven better', members: chosen, held }, members: null };
}

/** The best trial without an ensemble, and why. */
export function alone(why: string, members: readonly EnsembleMember[] = []): FittedEnsemble {
  return { ensemble: { isTaken: false, why, members }, members: null };
}

/** Their mean as a fit of the training rows. */
export function asSelected({ signature, split }: FolderRows, members: readonly WeightedModel[]): Selected {
  return { model: averageModel(signature, members), way: usualWay, fittedOn: split.training };
}

/** The same members, with the same shares, fitted on all rows. */
export async function refitEnsemble(
  { folder, rows, report }: EnsembleAsked,
  { members }: Ensemble,
  fitted: readonly WeightedModel[],
): Promise<Selected> {
  const refitted: WeightedModel[] = [];
  for (const [at, { model, weight }] of fitted.entries()) {
    const settings = members[at]?.settings;
    if (settings === undefined) throw new RangeError('a member has no settings');
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    refitted.push({ model: await refitMember(folder, rows, settings, model, report), weight });
  }
  return { ...asSelected(rows, refitted), fittedOn: { from: 0, to: rows.table.rows } };
}

async function fitMembers(
  { folder, rows, report }: EnsembleAsked,
  members: readonly EnsembleMember[],
): Promise<readonly WeightedModel[]> {
  const fitted: WeightedModel[] = [];
  for (const { settings, weight } of members)
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    fitted.push({ model: await fitMember(folder, rows, settings, report), weight });
  return fitted;
}

async function chooseAmong(
  { folder, rows, context, report }: EnsembleAsked,
  { trials, membersMax }: Exclude<EnsembleAsk, { readonly members: unknown }>,
  choosing: Uint32Array,
): Promise<readonly EnsembleMember[]> {
  const { task, classes } = rows.signature;
  const { validation } = rows.split;
  const count = validation.to - validation.from;
  const scores: Float64Array[] = [];
  for (const { settings } of trials) {
    const width = Math.max(1, classes.length);
    // oxlint-disable-next-line no-await-in-loop -- one trial at a time bounds memory
    const kept = await readAnswers(answersFile(folder, rows, settings), count * width);
    const answers =
      // oxlint-disable-next-line no-await-in-loop -- as above
      kept ?? (await fitMember(folder, rows, settings, report)).predict(rows.table.columns, validation);
    scores.push(scoresOf[task](pickAnswers(answers, validation, choosing)));
  }
  const outputs = (scores[0]?.length ?? 0) / choosing.length;
  const lossOf = (mixed: Float64Array): number =>
    meanOf(lossesAt(context, answersOfScores(task, mixed, outputs), choosing));
  return chooseMembers(scores, lossOf, membersMax).flatMap(({ at, weight }) => {
    const trial = trials[at];
    return trial === undefined ? [] : [{ ...trial, weight }];
  });
}

/** Rows of the table that choose, and those that say; null for too few. */
function halvesOf({ from, to }: RowRange): { readonly choosing: Uint32Array; readonly saying: Uint32Array } | null {
  const first = Math.max(from, to - rowsMax);
  const count = to - first;
  if (count < stretches * 2) return null;
  const all = Uint32Array.from({ length: count }, (_, at) => first + at);
  const isChoosing = (row: number): boolean => Math.floor(((row - first) * stretches) / count) % 2 === 0;
  return { choosing: all.filter((row) => isChoosing(row)), saying: all.filter((row) => !isChoosing(row)) };
}

function lossesOfModel({ context, rows }: EnsembleAsked, model: FittedModel, asked: Uint32Array): Float64Array {
  const { validation } = rows.split;
  const answers = model.predict(rows.table.columns, validation);
  return lossesAt(context, pickAnswers(answers, validation, asked), asked);
}

/** Of answers to all validation rows, those to some rows of the table. */
function pickAnswers(answers: Float64Array, { from, to }: RowRange, rows: Uint32Array): Float64Array {
  const width = answers.length / (to - from);
  const picked = new Float64Array(rows.length * width);
  for (const [at, row] of rows.entries())
    picked.set(answers.subarray((row - from) * width, (row - from + 1) * width), at * width);
  return picked;
}

function meanOf(losses: Float64Array | undefined): number {
  return losses === undefined ? Number.NaN : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
