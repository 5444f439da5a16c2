import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { readCorrection } from '../../src/answering/read-correction.ts';
import { identityCorrection, isSilent, type Correction } from '../../src/domain/rollout/correction.ts';
import {
  answeredGain,
  fitCorrection,
  sayAnsweredGain,
  type CorrectionJudgement,
} from '../../src/domain/rollout/fit-correction.ts';
import type { LabelledScores } from '../../src/domain/rollout/recalibrate.ts';
import { withRecentErrors } from '../../src/domain/rollout/recent-errors.ts';
import type { RoutedVersion, RoutingEntry } from '../../src/domain/rollout/routing.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { CorrectionSpec, ModelSpec } from '../../src/domain/spec/spec.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { findEvidence, putEvidence } from '../../src/db/runs/evidence.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { lockRouting, readRouting, writeRouting } from '../../src/db/routing/routing.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { covariatesOf } from '../../src/domain/rollout/covariates.ts';
import { loggedAmounts } from '../../src/db/models/logged-amounts.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { numberNames } from '../../src/domain/words/number-names.ts';
import type { RecentScores } from './recent-scores.ts';
import { shadowOf } from './shadow/shadow-of.ts';

/** When answers are corrected anew: at the end of a window, or within it. */
export interface CorrectionMoment {
  readonly model: string;
  /** Of the window. */
  readonly number: number;
  readonly lastSeq: number;
  /** Within it: rows that have a label by now. */
  readonly atLabelledRows?: number;
}

/** How a version's answers are to be corrected from now on; its bytes are in the store already. */
export interface FittedCorrection {
  readonly version: number;
  readonly verdict: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Between trainings, what answers is recalibrated on the labels that `recent` knows: the champion, and a challenger
 * that stands by. Nothing is fitted under a freeze. Within a window, what is corrected is refitted and nothing is
 * switched on: the error of that is one of a window. Fitting writes nothing but bytes under their digest.
 */
export async function fitCorrections(
  deps: Pick<ActivityDependencies, 'database' | 'store'>,
  moment: CorrectionMoment,
  spec: ModelSpec,
  recent: RecentScores,
): Promise<readonly FittedCorrection[]> {
  const plan = spec.watch.correction ?? null;
  if (plan === null) return [];
  // A freeze holds answers as they are; the first window after it is fitted on all labels there are then.
  if ((await freezeOf(deps.database.db, moment.model)) !== null) return [];
  const entry = await readRouting(deps.database.db, moment.model);
  const fitted: FittedCorrection[] = [];
  for (const routed of [entry?.champion, entry?.challenger]) {
    if (routed == null) continue;
    if (moment.atLabelledRows !== undefined && routed.correction === identityCorrection) continue;
    fitted.push(await fitOne(deps, spec, plan, routed, recent, moment));
  }
  return fitted;
}

/**
 * The labelled rows at which answers are corrected anew before the next window ends, when they are corrected now at
 * `labelledRows`; null: not before it ends, as no plan asks for it or nothing is corrected now.
 */
export function nextDue(spec: ModelSpec, fitted: readonly FittedCorrection[], labelledRows: number): number | null {
  const everyRows = spec.watch.correction?.everyRows;
  const isOn = fitted.some(({ verdict, body }) => !isSilent(verdict) && body['digest'] !== identityCorrection);
  return everyRows !== undefined && isOn ? labelledRows + everyRows : null;
}

/** Evidence is stored per moment and version; the routing changes only when a digest does. In a transaction. */
export async function putCorrections(
  tx: Db,
  { model, number: window, atLabelledRows: labelledRows }: Omit<CorrectionMoment, 'lastSeq'>,
  fitted: readonly FittedCorrection[],
): Promise<void> {
  const moment = { of: 'correction', window, ...(labelledRows === undefined ? {} : { labelledRows }) } as const;
  for (const { version, verdict, body } of fitted) {
    // Whoever holds it has locked the routing before: nothing slips through between the fit and here.
    const entry = await lockRouting(tx, model);
    const isHeld = isHeldIn(entry, version) || (await freezeOf(tx, model)) !== null;
    const evidence = await putEvidence(tx, {
      model,
      kind: 'correction',
      subject: { ...moment, version },
      verdict: isHeld && !isSilent(verdict) ? 'held' : verdict,
      body,
    });
    if (isHeld || isSilent(evidence.verdict)) continue;
    await route(tx, entry, version, String(evidence.body['digest']), evidence.evidenceId);
  }
}

async function fitOne(
  { database: { db }, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  spec: ModelSpec,
  plan: CorrectionSpec,
  routed: RoutedVersion,
  recent: RecentScores,
  moment: CorrectionMoment,
): Promise<FittedCorrection> {
  const { model, lastSeq } = moment;
  const read = await recent(routed.version, plan.rowsMax);
  const isShadow = plan.mode === 'shadow';
  const shadow = isShadow ? await shadowOf(db, store, { model, version: routed.version, beforeSeq: lastSeq }) : null;
  const before = shadow?.current ?? routed.correction;
  const current = await readCorrection(before, (digest) => store.readBytes(digest));
  const first = (await findVersion(db, model, routed.version))?.report.firstCorrection;
  const rows = labelledRows(spec, read);
  const standards = current?.covariates ?? first?.holdOut.at.covariates ?? [];
  // Absent where the plan has no covariates: then there is nothing to look up.
  const logged = rows.flatMap(({ row }) => row.logged ?? []);
  const numbersOf = logged.length < rows.length ? missing(rows.length) : await loggedAmounts(db, model, logged);
  const given: LabelledScores = {
    ...labelledScores(spec, rows),
    ...(first === undefined ? {} : { holdOut: first.holdOut }),
    ...(standards.length === 0 ? {} : { standards, covariates: covariatesOf(standards, rows.length, numbersOf) }),
    ...(shadow === null
      ? {}
      : {
          answered: await shadow.answered(
            rows.map(({ row }) => row),
            numbersOf,
          ),
        }),
  };
  const judged = fitCorrection(withErrors(given, rows, plan, lastSeq), current, plan, {
    isWithinWindow: moment.atLabelledRows !== undefined,
    ...(plan.everyRows === undefined || isShadow
      ? {}
      : { stepFrom: await correctionAtEnd(db, store, moment, routed, current) }),
  });
  const digest =
    judged.correction === null
      ? identityCorrection
      : await store.putBytes(Buffer.from(canonicalJson(judged.correction)));
  const body = { ...judged, digest, before, throughSeq: lastSeq };
  if (!isShadow) return { version: routed.version, verdict: judged.verdict, body };
  return { version: routed.version, verdict: 'shadow', body: { ...body, ...inShadow(judged, given, plan) } };
}

/** What the end of the window before has fitted: all refits from there to the end of this one are one step together. */
async function correctionAtEnd(
  db: Db,
  store: ActivityDependencies['store'],
  { model, number }: CorrectionMoment,
  { version, correction }: RoutedVersion,
  current: Correction | null,
): Promise<Correction | null> {
  const atEnd = await findEvidence(db, model, 'correction', { of: 'correction', window: number - 1, version });
  // One that was held has answered nobody.
  const digest = atEnd === null || isSilent(atEnd.verdict) ? correction : (atEnd.body['digest'] ?? correction);
  return digest === correction ? current : readCorrection(String(digest), (name) => store.readBytes(name));
}

/** With the newest errors beside each row, where the plan asks for them and the task has a place for them. */
function withErrors(
  given: LabelledScores,
  rows: readonly Labelled[],
  { recentErrors = false, everyRows }: CorrectionSpec,
  lastSeq: number,
): LabelledScores {
  if (!recentErrors || everyRows === undefined || !taskOf(given.task).correction.hasCovariates) return given;
  return withRecentErrors(given, { seqs: rows.map(({ row }) => row.seq), lastSeq, everyRows });
}

const missing = (rows: number) => () => new Float64Array(rows).fill(Number.NaN);
function inShadow({ text }: CorrectionJudgement, rows: LabelledScores, plan: CorrectionSpec) {
  const wouldHaveGained = answeredGain(rows, plan);
  return { wouldHaveGained, text: `In shadow: ${text} ${sayAnsweredGain(wouldHaveGained)}` };
}

interface Labelled {
  readonly row: ScoredRow;
  readonly number: number;
}

/** What counts of the rows: those whose label is one of the task's. */
function labelledRows(spec: ModelSpec, rows: readonly ScoredRow[]): readonly Labelled[] {
  const classes = classesOf(spec.target);
  return rows.flatMap((row) => {
    const number = taskOf(spec.target.task).labels.numberOf(row.label, classes);
    return number === null ? [] : [{ row, number }];
  });
}

function labelledScores(spec: ModelSpec, rows: readonly Labelled[]): LabelledScores {
  return {
    task: spec.target.task,
    labels: rows.map(({ number }) => number),
    raw: rows.map(({ row }) => row.rawScores),
    answered: rows.map(({ row }) => row.scores),
    ...(spec.entity === null ? {} : { entities: numberNames(rows.map(({ row }, at) => row.entity ?? `row ${at}`)) }),
  };
}

function isHeldIn({ champion, challenger }: RoutingEntry, version: number): boolean {
  return [champion, challenger].some((routed) => routed?.version === version && routed.isCorrectionHeld === true);
}

async function route(tx: Db, entry: RoutingEntry, version: number, digest: string, evidenceId: number): Promise<void> {
  const { model } = entry;
  const corrected = (routed: RoutedVersion | null): RoutedVersion | null =>
    routed?.version === version ? { ...routed, correction: digest } : routed;
  const next = { ...entry, champion: corrected(entry.champion), challenger: corrected(entry.challenger) };
  if (canonicalJson(next) === canonicalJson(entry)) return;
  const revision = await writeRouting(tx, next, 'keep');
  const reason = digest === identityCorrection ? 'answers as trained' : 'recalibrated on matured labels';
  await appendAudit(tx, {
    type: 'perennial.correction.changed',
    model,
    subject: { of: 'version', model, version },
    actor: 'watch',
    reason,
    evidenceId,
    data: { version, digest, revision },
  });
}
