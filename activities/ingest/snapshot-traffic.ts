import path from 'node:path';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { snapshotTrafficRows, type TrafficSnapshot } from '../../src/data/traffic/snapshot-traffic-rows.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { putSnapshot } from '../../src/db/models/snapshots.ts';
import { trafficThrough, type SnapshotRef, type TrainInput } from '../../src/domain/record/runs.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { reachOf } from '../../src/domain/training/snapshot.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { exportTraffic } from './export-traffic.ts';
import { tellSetAside } from './tell-set-aside.ts';
import { findBefore, type Before } from './traffic-before.ts';
import { trafficCut, type TrafficCut } from './traffic-cut.ts';
import { withWorkFolder } from '../work-folder.ts';

type TrafficInput = TrainInput & {
  readonly history: SnapshotRef;
  /** After a file was found damaged: the bytes of all files are compared before they are gone on from. */
  readonly isChecked?: boolean;
};

export function snapshotTrafficActivities({ database, store, workDir, log }: ActivityDependencies) {
  const { db } = database;

  /**
   * Mature labelled traffic as known at the cut-off, gone on from the snapshot before; null when there is none that can
   * be learnt from. What is asked again is answered by the snapshot that was made.
   */
  async function snapshotTraffic(input: TrafficInput): Promise<SnapshotRef | null> {
    const throughWindow = trafficThrough(input);
    if (throughWindow === null) return null;
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const cut = await trafficCut(db, spec, { ...input, throughWindow });
    if (cut.matureSeq === 0) return null;
    const before = await findBefore({ db, store }, spec, { ...cut, isChecked: input.isChecked ?? false });
    const made = isSame(before, input, cut)
      ? before
      : ((await snapshotOrAnew(before, spec, input, cut)) ??
        (await snapshotAfter({ digest: null, why: 'only some rows have an event time' }, spec, input, cut)));
    if (made === null) return null;
    const { digest, manifest } = made;
    if (made !== before) await keep(made, input, cut);
    await tellSetAside(db, spec, { runId: input.runId, ...manifest });
    if (manifest.rows === 0) return null;
    return { digest, rows: manifest.rows, quarantinedRows: manifest.quarantinedRows };
  }

  /**
   * Pieces are read unchecked, and the engine says of damaged bytes whatever it stumbles over: where a file is not what
   * its name says, all is exported.
   */
  async function snapshotOrAnew(before: Before, spec: ModelSpec, input: TrafficInput, cut: TrafficCut) {
    try {
      return await snapshotAfter(before, spec, input, cut);
    } catch (error) {
      if (before.digest === null) throw error;
      const checked = await findBefore({ db, store }, spec, { ...cut, isChecked: true });
      if (checked.digest !== null) throw error;
      return snapshotAfter(checked, spec, input, cut);
    }
  }

  /** Null when there are no rows, or when some of them alone have an event time. */
  async function snapshotAfter(
    before: Before,
    spec: ModelSpec,
    input: TrafficInput,
    cut: TrafficCut,
  ): Promise<TrafficSnapshot | null> {
    const { throughWindow, matureSeq } = cut;
    const anew = before.digest === null ? before.why : null;
    if (anew !== null)
      log.info({ model: input.model, runId: input.runId, why: anew }, 'all of the traffic is exported');
    return withWorkFolder({ workDir, kind: 'traffic', model: input.model }, async (folder) => {
      const lines = path.join(folder, 'traffic.ndjson');
      const sealed = createSealedLog(store, { tempDir: folder });
      const asked = { model: input.model, throughWindow, matureSeq, since: sinceOf(before, cut) };
      const rows = await exportTraffic(db, spec, asked, lines, sealed);
      if (rows === 0 && before.digest === null) return null;
      return snapshotTrafficRows({
        spec,
        specRevision: input.specRevision,
        parents: [input.history.digest],
        cut: { ...cut, anew },
        lines: rows === 0 ? null : lines,
        before: before.digest === null ? null : before.manifest,
        workDir: path.join(folder, 'pieces'),
        store,
      });
    });
  }

  async function keep({ digest, manifest }: TrafficSnapshot, input: TrafficInput, cut: TrafficCut): Promise<void> {
    await putSnapshot(db, {
      digest,
      model: input.model,
      specRevision: input.specRevision,
      kind: 'traffic',
      sourceDigest: manifest.sourceDigest,
      throughWindow: cut.throughWindow,
      manifest,
    });
    const { rows, quarantinedRows, ruleCounts, traffic } = manifest;
    await putEvidence(db, {
      model: input.model,
      kind: 'contract',
      subject: { of: 'snapshot', digest },
      verdict: 'accepted',
      body: { rows, quarantinedRows, ruleCounts, exportedAnew: traffic?.anew ?? null },
    });
  }

  return { snapshotTraffic };
}

/** The same cut under the same definition and history is the same snapshot: an attempt that is repeated finds it. */
function isSame(
  before: Before,
  input: TrafficInput,
  cut: TrafficCut,
): before is Extract<Before, { readonly digest: string }> {
  if (before.digest === null) return false;
  const { traffic, parents, specRevision } = before.manifest;
  return (
    traffic?.throughWindow === cut.throughWindow &&
    traffic.matureSeq === cut.matureSeq &&
    traffic.fromSeq === cut.fromSeq &&
    traffic.firstOrder === cut.firstOrder &&
    specRevision === input.specRevision &&
    parents?.length === 1 &&
    parents[0] === input.history.digest
  );
}

function sinceOf(before: Before, { throughWindow, throughSeq }: TrafficCut) {
  const traffic = before.digest === null ? undefined : before.manifest.traffic;
  if (traffic === undefined || throughSeq === null || traffic.throughSeq === null) return null;
  const reachedSeq = reachOf(traffic) ?? traffic.throughSeq;
  return { afterWindow: traffic.throughWindow, afterSeq: traffic.throughSeq, throughWindow, throughSeq, reachedSeq };
}
