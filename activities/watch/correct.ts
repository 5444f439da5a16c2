import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { readCorrection } from '../../src/answering/read-correction.ts';
import { identityCorrection, isSilent } from '../../src/domain/rollout/correction.ts';
import {
  answeredGain,
  fitCorrection,
  sayAnsweredGain,
  type CorrectionJudgement,
} from '../../src/domain/rollout/fit-correction.ts';
import type { LabelledScores } from '../../src/domain/rollout/recalibrate.ts';
import type { RoutedVersion, RoutingEntry } from '../../src/domain/rollout/routing.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { CorrectionSpec, ModelSpec } from '../../src/domain/spec/spec.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { lockRouting, readRouting, writeRouting } from '../../src/db/routing/routing.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { WindowRow } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { covariatesOf } from '../../src/domain/rollout/covariates.ts';
import { loggedAmounts } from '../../src/db/models/logged-amounts.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { numberNames } from '../../src/domain/words/number-names.ts';
import type { RecentScores } from './recent-scores.ts';
import { shadowOf } from './shadow/shadow-of.ts';

/** How a version's answers are to be corrected from the end of a window on; its bytes are in the store already. */
export interface FittedCorrection {
  readonly version: number;
  readonly verdict: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Between trainings, what answers is recalibrated on labels known by the end of the window: the champion, and a
 * challenger that stands by. Fitting writes nothing but bytes under their digest.
 */
export async function fitCorrections(
  deps: Pick<ActivityDependencies, 'database' | 'store'>,
  window: WindowRow,
  spec: ModelSpec,
  recent: RecentScores,
): Promise<readonly FittedCorrection[]> {
  const plan = spec.watch.correction ?? null;
  if (plan === null) return [];
  // A freeze holds answers as they are; the first window after it is fitted on all labels there are then.
  if ((await freezeOf(deps.database.db, window.model)) !== null) return [];
  const entry = await readRouting(deps.database.db, window.model);
  const fitted: FittedCorrection[] = [];
  for (const routed of [entry?.champion, entry?.challenger])
    if (routed != null) fitted.push(await fitOne(deps, spec, plan, routed, recent, window));
  return fitted;
}

/** Evidence is stored per window and version; the routing changes only when a digest does. In a transaction. */
export async function putCorrections(tx: Db, window: WindowRow, fitted: readonly FittedCorrection[]): Promise<void> {
  for (const { version, verdict, body } of fitted) {
    // Whoever holds it has locked the routing before: nothing slips through between the fit and here.
    const entry = await lockRouting(tx, window.model);
    const isHeld = isHeldIn(entry, version) || (await freezeOf(tx, window.model)) !== null;
    const evidence = await putEvidence(tx, {
      model: window.model,
      kind: 'correction',
      subject: { of: 'correction', window: window.number, version },
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
  { model, lastSeq }: Pick<WindowRow, 'model' | 'lastSeq'>,
): Promise<FittedCorrection> {
  const read = await recent(routed.version, plan.rowsMax);
  const isShadow = plan.mode === 'shadow';
  const shadow = isShadow ? await shadowOf(db, store, { model, version: routed.version, beforeSeq: lastSeq }) : null;
  const before = shadow?.current ?? routed.correction;
  const current = await readCorrection(before, (digest) => store.readBytes(digest));
  const first = (await findVersion(db, model, routed.version))?.report.firstCorrection;
  const rows = labelledRows(spec, read);
  const standards = current?.covariates ?? first?.holdOut.at.covariates ?? [];
  const numbersOf = await loggedAmounts(
    db,
    model,
    rows.flatMap(({ row }) => row.logged ?? []),
  );
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
  const judged = fitCorrection(given, current, plan);
  const digest =
    judged.correction === null
      ? identityCorrection
      : await store.putBytes(Buffer.from(canonicalJson(judged.correction)));
  const body = { ...judged, digest, before, throughSeq: lastSeq };
  if (!isShadow) return { version: routed.version, verdict: judged.verdict, body };
  return { version: routed.version, verdict: 'shadow', body: { ...body, ...inShadow(judged, given, plan) } };
}

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
