import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { readCorrection } from '../../src/answering/read-correction.ts';
import { identityCorrection } from '../../src/domain/rollout/correction.ts';
import { fitCorrection } from '../../src/domain/rollout/fit-correction.ts';
import type { RoutedVersion } from '../../src/domain/rollout/routing.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { CorrectionSpec, ModelSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { lockRouting, readRouting, writeRouting } from '../../src/db/routing/routing.ts';
import type { WindowRow } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { RecentScores } from './recent-scores.ts';

/**
 * Between trainings, what answers is recalibrated on labels known by the end of the window: the champion, and a
 * challenger that stands by. Evidence is stored per window and version; the routing changes only when a digest does.
 */
export async function correctVersions(
  deps: ActivityDependencies,
  window: WindowRow,
  spec: ModelSpec,
  recent: RecentScores,
): Promise<void> {
  const plan = spec.watch.correction ?? null;
  if (plan === null) return;
  // A freeze holds answers as they are; the first window after it is fitted on all labels there are then.
  if ((await freezeOf(deps.database.db, window.model)) !== null) return;
  const entry = await readRouting(deps.database.db, window.model);
  for (const routed of [entry?.champion, entry?.challenger])
    if (routed != null) await correctOne(deps, window, spec, plan, routed, recent);
}

async function correctOne(
  deps: ActivityDependencies,
  window: WindowRow,
  spec: ModelSpec,
  plan: CorrectionSpec,
  routed: RoutedVersion,
  recent: RecentScores,
): Promise<void> {
  const { database, store } = deps;
  const rows = await recent(routed.version, plan.rowsMax);
  const classes = classesOf(spec.target);
  const { task } = spec.target;
  const known = rows.flatMap(({ label, rawScores }) => {
    const number = taskOf(task).labels.numberOf(label, classes);
    return number === null ? [] : [{ label: number, raw: rawScores }];
  });
  const judged = fitCorrection(
    {
      task,
      labels: known.map(({ label }) => label),
      raw: known.map(({ raw }) => raw),
    },
    await readCorrection(routed.correction, (digest) => store.readBytes(digest)),
    plan,
  );
  const digest =
    judged.correction === null
      ? identityCorrection
      : await store.putBytes(Buffer.from(canonicalJson(judged.correction)));
  const evidence = await putEvidence(database.db, {
    model: window.model,
    kind: 'correction',
    subject: { of: 'correction', window: window.number, version: routed.version },
    verdict: judged.verdict,
    body: { ...judged, digest, before: routed.correction },
  });
  await route(deps, window.model, routed.version, String(evidence.body['digest']), evidence.evidenceId);
}

async function route(
  deps: ActivityDependencies,
  model: string,
  version: number,
  digest: string,
  evidenceId: number,
): Promise<void> {
  await withTransaction(deps.database, async (tx) => {
    const entry = await lockRouting(tx, model);
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
  });
}
