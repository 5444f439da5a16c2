import type { ProfileReader } from '../../../src/artifacts/profile-reader.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { readRouting } from '../../../src/db/routing/routing.ts';
import { countStretch } from '../../../src/db/traffic/read/stretch.ts';
import { windowThrough } from '../../../src/db/traffic/read/window-rows.ts';
import {
  firstEstimates,
  lastEstimates,
  putWindowEstimate,
  type ComparedWindow,
} from '../../../src/db/watching/window-estimates.ts';
import { stretchesOf } from '../../../src/db/watching/window-quality.ts';
import type { CounterRow } from '../../../src/db/watching/windows.ts';
import { usualMetrics } from '../../../src/domain/metrics/usual-metrics.ts';
import { identityCorrection } from '../../../src/domain/rollout/correction.ts';
import { defaultEstimateAlarm } from '../../../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../../src/domain/tasks/task-of.ts';
import {
  basisOf,
  basisWindowsMax,
  judgeEstimate,
  type EstimateBasis,
  type EstimateJudgement,
  type MaturedEstimate,
} from '../../../src/domain/watch/judge-estimate.ts';
import { judgeEstimatedDecay, type EstimatedDecay } from '../../../src/domain/watch/judge-estimated-decay.ts';
import { sayMany } from '../../../src/domain/words/say.ts';
import { answeredBy } from './answered-by.ts';
import { expectedErrorsOf } from './expected-errors-of.ts';
import type { AnswersReader } from '../answers-reader.ts';
import { estimatedOf } from '../given-answers.ts';
import { measuredRowsMax } from '../measure-quality.ts';

/** What is expected of a window whose labels have not come. */
export interface EstimatedWindow {
  readonly version: number;
  readonly isCorrected: boolean;
  readonly rows: number;
  /** By metric. Empty where several versions answered: what each is worth is not what they are worth together. */
  readonly metrics: Readonly<Record<string, EstimateJudgement>>;
  /** The metric that the status shows and the alarm is about: the usual loss of the task. */
  readonly loss: string;
  /** Null where the definition wants no alarm. */
  readonly alarm: EstimatedDecay | null;
  readonly text: string;
}

export interface EstimateAsked {
  readonly number: number;
  readonly champion: VersionRow;
  readonly counters: readonly CounterRow[];
  /** Labels of later rows have not come as far as they will. */
  readonly matureSeq: number;
}

export interface EstimateReaders {
  readonly answersOf: AnswersReader;
  readonly readProfile: ProfileReader;
}

/** A realised figure of fewer rows is luck. */
const labelledRowsMin = 30;

/** Law: at most 2,000 rows and 120 earlier windows. */
export async function judgeEstimatesOf(
  db: Db,
  spec: ModelSpec,
  { answersOf, readProfile }: EstimateReaders,
  { number, champion, counters, matureSeq }: EstimateAsked,
): Promise<EstimatedWindow> {
  const { model, version } = champion;
  const answered = answeredBy(counters);
  const lossName = usualMetrics[spec.target.task].loss;
  const isCorrected = await isCorrecting(db, model, version);
  const none = { version, isCorrected, rows: 0, metrics: {}, loss: lossName, alarm: null };
  if (answered.length > 1)
    return { ...none, text: `Not estimated: ${sayMany(answered.length, 'version')} answered in window ${number}.` };
  const found = taskOf(spec.target.task).hasClasses
    ? await estimatedIn(db, model, spec, answersOf, number)
    : await expectedErrorsOf(db, readProfile, spec, champion, number);
  if (typeof found === 'string') return { ...none, text: found };
  const { rows, estimated } = found;
  const by = { model, version, isCorrected };
  const mature = await lastEstimates(db, by, Math.min(number - 1, await windowThrough(db, model, matureSeq)));
  const [before] = await lastEstimates(db, by, number - 1, 1);
  const isFixed = Object.values(before?.stated ?? {}).every(({ basis }) => basis?.windows === basisWindowsMax);
  const first = before !== undefined && isFixed ? [] : await firstEstimates(db, by);
  const metrics = Object.fromEntries(
    Object.entries(estimated)
      .filter(([, value]) => Number.isFinite(value))
      .map(([metric, value]) => {
        const basis = fixedBasis(before, metric) ?? basisOf(maturedIn(first, metric).filter(isBefore(number)));
        return [metric, judgeEstimate(metric, value, basis, maturedIn(mature, metric))];
      }),
  );
  const loss = metrics[lossName];
  const plan = spec.watch.estimateAlarm === undefined ? defaultEstimateAlarm : spec.watch.estimateAlarm;
  const alarm = plan === null || loss === undefined ? null : judgeEstimatedDecay(loss, plan);
  const text = loss?.text ?? `Not estimated: window ${number} has no answers that say how good they are.`;
  return { version, isCorrected, rows, metrics, loss: lossName, alarm, text };
}

/** In force until this window's corrections are put. A window in which one was switched on or off is with the later. */
async function isCorrecting(db: Db, model: string, version: number): Promise<boolean> {
  const champion = (await readRouting(db, model))?.champion ?? null;
  return champion?.version === version && champion.correction !== identityCorrection;
}

async function estimatedIn(db: Db, model: string, spec: ModelSpec, answersOf: AnswersReader, number: number) {
  const nothing = { rows: 0, estimated: {} as Readonly<Record<string, number>> };
  const [stretch] = await stretchesOf(db, model, number, { again: [], matured: [] }, measuredRowsMax);
  if (stretch === undefined) return nothing;
  const { revisions } = await countStretch(db, model, stretch, number);
  const found = await answersOf(stretch, revisions);
  const classes = classesOf(spec.target);
  const answers = found.filter(
    ({ scores, decision }) => scores.length === classes.length && classes.includes(decision ?? ''),
  );
  return answers.length === 0 ? nothing : { rows: answers.length, estimated: estimatedOf(spec, answers) };
}

/** Kept as said, for the labels that come later; nothing where there was nothing to say. */
export async function putEstimates(tx: Db, model: string, number: number, said: EstimatedWindow): Promise<void> {
  const stated = Object.entries(said.metrics).map(([metric, { estimated, interval, basis }]) => {
    return [metric, { estimated, interval, basis }] as const;
  });
  if (stated.length === 0) return;
  const { version, isCorrected } = said;
  await putWindowEstimate(tx, {
    model,
    windowNumber: number,
    version,
    isCorrected,
    stated: Object.fromEntries(stated),
  });
}

/** Once it has all its windows it is taken from window to window: those that it rests on may have been removed. */
function fixedBasis(before: ComparedWindow | undefined, metric: string): EstimateBasis | null {
  const basis = before?.stated[metric]?.basis ?? null;
  return basis !== null && basis.windows >= basisWindowsMax ? basis : null;
}

function isBefore(number: number): (one: MaturedEstimate) => boolean {
  return ({ window }) => window < number;
}

function maturedIn(windows: readonly ComparedWindow[], metric: string): readonly MaturedEstimate[] {
  return windows.flatMap(({ window, stated, realised: showed, labelledRows }) => {
    const said = stated[metric];
    const realised = showed?.[metric];
    if (said === undefined || realised === undefined || labelledRows < labelledRowsMin) return [];
    return [{ window, estimated: said.estimated, realised, said: said.interval }];
  });
}
