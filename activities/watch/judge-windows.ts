import { kindOf } from '../../src/domain/features/kind-of.ts';
import { WorkflowNotFoundError } from '@temporalio/client';
import { decayRowsMin, judgeDecay } from '../../src/domain/watch/judge-decay.ts';
import { driftHistograms } from '../../src/domain/watch/drift-histograms.ts';
import { judgeDrift } from '../../src/domain/watch/judge-drift.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { cellCount } from '../../src/domain/training/profile.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { createProfileReader } from '../../src/artifacts/profile-reader.ts';
import { closeDueWindows } from '../../src/db/traffic/store/close-windows.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import { findEvidence, putEvidence } from '../../src/db/runs/evidence.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import { joinOrphanLabels } from '../../src/db/traffic/store/join-labels.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { withWatchLock } from '../../src/db/watching/watch-lock.ts';
import { countersOf, markJudged, unjudgedWindows, type WindowRow } from '../../src/db/watching/windows.ts';
import { correctVersions } from './correct.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { decideAndStore, decideAsOf } from '../model/decide.ts';
import { createQualityMeasurer } from './measure-quality.ts';
import { freezeReference } from './freeze-reference.ts';
import { recentScoresOf, type RecentScores } from './recent-scores.ts';
import { decayLoss } from '../../src/domain/watch/decay-loss.ts';
import { formatOccasion } from '../../src/domain/record/occasion.ts';

const batchMax = 20;
/** Matured rows before the recent ones that decay is measured against. */
const referenceRowsMax = 4_000;

export function judgeWindowActivities(deps: ActivityDependencies) {
  const { database, client, store, log } = deps;
  const { db } = database;
  const readProfile = createProfileReader(store);
  const quality = createQualityMeasurer(deps);

  /** Judges closed windows of one shard: verdict with evidence, alerts, and a decision or a nudge to the entity. */
  async function judgeWindows(input: {
    readonly shard: number;
    readonly shards: number;
  }): Promise<{ readonly judged: number; readonly more: boolean }> {
    // Windows declared in time have no other clock while there is no traffic.
    await closeDueWindows(database, Date.now());
    const judged = await withWatchLock(database, input.shard, async () => {
      const windows = await unjudgedWindows(db, input.shard, input.shards, batchMax);
      for (const window of windows) await judgeOne(window);
      return windows.length;
    });
    return { judged: judged ?? 0, more: judged === batchMax };
  }

  async function judgeOne(window: WindowRow): Promise<void> {
    const { model, number } = window;
    await joinOrphanLabels(db, model);
    const { spec } = await readCurrentSpec(db, model);
    const champion = await championDuring(window);
    const recent = recentScoresOf(
      db,
      window,
      Math.max(spec.watch.decay.labelledRowsMin + referenceRowsMax, spec.watch.correction?.rowsMax ?? 0),
    );
    const drift = champion === null ? null : await judgeDriftOf(window, champion, spec);
    const decay = champion === null ? null : await judgeDecayOf(champion, spec, recent);
    const verdict = decay?.verdict === 'decayed' ? 'decayed' : (drift?.verdict ?? 'insufficient');
    const evidence = await putEvidence(db, {
      model,
      kind: 'window',
      subject: { of: 'window', window: number },
      verdict,
      body: { window: number, champion: champion?.version ?? null, rows: window.rows, drift, decay },
    });
    if (champion !== null) await ring(spec, champion, number, drift, decay);
    await correctVersions(deps, window, spec, recent);
    // The nudge comes first: a crash in between repeats it, the other way round would lose it.
    await decideOrNudge(model, number);
    await markJudged(db, model, number, verdict, evidence.evidenceId);
    // Nobody waits for it, and what failed now is measured again when the window is 1, 2, 4, … windows old.
    await quality
      .measure(window, spec)
      .catch((error: unknown) =>
        log.warn({ model, window: number, err: error }, 'the quality of a window was not measured'),
      );
  }

  /** The version that answered as champion at the end of the window. */
  async function championDuring(window: WindowRow): Promise<VersionRow | null> {
    const counters = await countersOf(db, window.model, window.number);
    const latest = counters
      .filter((row) => row.arm === 'champion')
      .sort((a, b) => b.routingRevision - a.routingRevision)[0];
    const version = latest?.version ?? (await readRouting(db, window.model))?.champion?.version;
    return version === undefined ? null : findVersion(db, window.model, version);
  }

  async function judgeDriftOf(window: WindowRow, champion: VersionRow, spec: ModelSpec) {
    const profile = await readProfile(champion.profileDigest);
    if (profile.rows === 0) return freezeReference(deps, window, champion, spec);
    const counters = (await countersOf(db, window.model, window.number)).filter(
      (row) => row.version === champion.version,
    );
    const cells = [...profile.features, profile.prediction].map((feature, i) => {
      const sum = new Array<number>(cellCount(feature)).fill(0);
      for (const row of counters) row.cells[i]?.forEach((count, cell) => (sum[cell] = (sum[cell] ?? 0) + count));
      return sum;
    });
    const rows = counters.reduce((total, row) => total + row.rows, 0);
    // What moves by nature does not drift, and a feature that is no longer logged is absent, not missing.
    const unlogged = profile.features.filter((_, i) => cells[i]?.every((count) => count === 0));
    const skip = [...spec.features.filter(({ kind }) => !kindOf(kind).canDrift), ...unlogged].map(
      (feature) => feature.name,
    );
    const judged = judgeDrift({ profile, window: { rows, cells }, watch: spec.watch, skip });
    return { ...judged, histograms: driftHistograms(profile, cells, judged) };
  }

  /** Loss of the champion on labels known by the end of the window: the recent rows against those before. */
  async function judgeDecayOf(champion: VersionRow, spec: ModelSpec, recentOf: RecentScores) {
    const recentCount = Math.max(spec.watch.decay.labelledRowsMin, decayRowsMin);
    const rows = await recentOf(champion.version, recentCount + referenceRowsMax);
    const losses = rows.map((row) => lossOf(row, spec));
    const recent = losses.slice(Math.max(0, losses.length - recentCount));
    const before = losses.slice(0, Math.max(0, losses.length - recentCount));
    const holdOut = await holdOutLosses(champion);
    const { referenceRows } = spec.watch.decay;
    const known = [...holdOut, ...before];
    const reference = referenceRows === undefined ? known.slice(-referenceRowsMax) : known.slice(0, referenceRows);
    return judgeDecay(recent, reference, spec.watch.decay);
  }

  /** Per-row losses on the hold-out, in time order, stored with the gate's evidence. */
  async function holdOutLosses(champion: VersionRow): Promise<readonly number[]> {
    const gate = await findEvidence(db, champion.model, 'gate', { of: 'run', runId: champion.runId });
    const losses = gate?.body['holdOutLosses'];
    return Array.isArray(losses) ? losses.filter((loss): loss is number => typeof loss === 'number') : [];
  }

  async function ring(
    spec: ModelSpec,
    champion: VersionRow,
    number: number,
    drift: ReturnType<typeof judgeDrift> | null,
    decay: ReturnType<typeof judgeDecay> | null,
  ): Promise<void> {
    const { model } = champion;
    const subject = { of: 'version', version: champion.version } as const;
    if (drift?.verdict === 'drift') {
      const title = `${model}: ${drift.drifted.join(', ')} drifted in window ${number}`;
      await openAlert(db, {
        model,
        kind: 'drift',
        subject,
        windowNumber: number,
        severity: 'warning',
        title,
        body: drift.text,
        webhooks: spec.watch.webhooks,
      });
    }
    if (decay?.verdict === 'decayed') {
      await openAlert(db, {
        model,
        kind: 'decay',
        subject,
        windowNumber: number,
        severity: 'critical',
        title: `${model}: quality has decayed`,
        body: decay.text,
        webhooks: spec.watch.webhooks,
      });
    } else if (decay?.verdict === 'steady' && drift?.verdict === 'stable') {
      await closeAlerts(db, model, 'decay');
      await closeAlerts(db, model, 'drift');
    }
  }

  /** A clear no is stored here; whenever a trigger fired, the entity decides, because only it serialises. */
  async function decideOrNudge(model: string, number: number): Promise<void> {
    const occasion = { model, key: formatOccasion({ of: 'window', window: number }), window: number, person: null };
    const verdict = await decideAsOf(deps, occasion, null);
    if (verdict.decided.trigger === null) {
      await decideAndStore(deps, occasion, null, verdict);
      return;
    }
    try {
      await client.workflow.getHandle(workflowIds.model(model)).signal('windowDue', { window: number });
    } catch (error) {
      // The entity re-reads undecided windows when it is there again; `reconcile` starts it.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      log.warn({ model, window: number }, 'no entity to decide; reconcile will start it');
    }
  }

  return { judgeWindows };
}

function lossOf(row: ScoredRow, spec: ModelSpec): number {
  const { labels } = taskOf(spec.target.task);
  return decayLoss(spec.target, row.scores, labels.numberOf(row.label, classesOf(spec.target)));
}
