import { createProfileReader } from '../../src/artifacts/profile-reader.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { closeDueWindows } from '../../src/db/traffic/store/close-windows.ts';
import { withWatchLock } from '../../src/db/watching/watch-lock.ts';
import { countersOf, markJudged, unjudgedWindows, type WindowRow } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { correctVersions } from './correct.ts';
import { decideOrNudge } from './decide-or-nudge.ts';
import { judgeDecayOf, referenceRowsMax } from './judge-decay-of.ts';
import { judgeDriftOf } from './judge-drift-of.ts';
import { createQualityMeasurer } from './measure-quality.ts';
import { recentScoresOf } from './recent-scores.ts';
import { ringForWindow } from './ring-for-window.ts';

const batchMax = 20;

export function judgeWindowActivities(deps: ActivityDependencies) {
  const { database, store, log } = deps;
  const { db } = database;
  const readProfile = createProfileReader(store);
  const quality = createQualityMeasurer(deps);

  /** Judges closed windows of one shard: verdict with evidence, alerts, and a decision or a nudge to the entity. */
  async function judgeWindows(input: {
    readonly shard: number;
    readonly shards: number;
  }): Promise<{ readonly judged: number; readonly more: boolean }> {
    // Windows declared in time have no other clock while there is no traffic.
    await closeDueWindows(database);
    const judged = await withWatchLock(database, input.shard, async () => {
      const windows = await unjudgedWindows(db, input.shard, input.shards, batchMax);
      for (const window of windows) await judgeOne(window);
      return windows.length;
    });
    return { judged: judged ?? 0, more: judged === batchMax };
  }

  async function judgeOne(window: WindowRow): Promise<void> {
    const { model, number } = window;
    const { spec } = await readCurrentSpec(db, model);
    const champion = await championDuring(db, window);
    const recent = recentScoresOf(
      db,
      window,
      Math.max(spec.watch.decay.labelledRowsMin + referenceRowsMax, spec.watch.correction?.rowsMax ?? 0),
    );
    const drift = champion === null ? null : await judgeDriftOf(deps, readProfile, window, champion, spec);
    const decay = champion === null ? null : await judgeDecayOf(db, champion, spec, recent);
    const verdict = decay?.verdict === 'decayed' ? 'decayed' : (drift?.verdict ?? 'insufficient');
    const evidence = await putEvidence(db, {
      model,
      kind: 'window',
      subject: { of: 'window', window: number },
      verdict,
      body: { window: number, champion: champion?.version ?? null, rows: window.rows, drift, decay },
    });
    if (champion !== null) await ringForWindow(db, spec, champion, number, drift, decay);
    await correctVersions(deps, window, spec, recent);
    // The nudge comes first: a crash in between repeats it, the other way round would lose it.
    await decideOrNudge(deps, model, number);
    await markJudged(db, model, number, verdict, evidence.evidenceId);
    // Nobody waits for it, and what failed now is measured again when the window is 1, 2, 4, … windows old.
    await quality
      .measure(window, spec)
      .catch((error: unknown) =>
        log.warn({ model, window: number, err: error }, 'the quality of a window was not measured'),
      );
  }

  return { judgeWindows };
}

/** The version that answered as champion at the end of the window. */
export async function championDuring(db: Db, window: WindowRow): Promise<VersionRow | null> {
  const counters = await countersOf(db, window.model, window.number);
  const latest = counters
    .filter((row) => row.arm === 'champion')
    .sort((a, b) => b.routingRevision - a.routingRevision)[0];
  const version = latest?.version ?? (await readRouting(db, window.model))?.champion?.version;
  return version === undefined ? null : findVersion(db, window.model, version);
}
