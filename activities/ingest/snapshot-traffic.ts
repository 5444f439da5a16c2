import path from 'node:path';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { snapshotTrafficRows, type TrafficSnapshot } from '../../src/data/traffic/snapshot-traffic-rows.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { lineageOf, putSnapshot } from '../../src/db/models/snapshots.ts';
import { firstSeqOf } from '../../src/db/traffic/read/first-seq.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import { trafficThrough, type SnapshotRef, type TrainInput } from '../../src/domain/record/runs.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { orderMaxOf } from '../../src/domain/training/snapshot.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { exportTraffic } from './export-traffic.ts';
import { tellSetAside } from './tell-set-aside.ts';
import { anewWithout, findBefore, wrongWith, type Before } from './traffic-before.ts';
import { withWorkFolder } from './work-folder.ts';

type TrafficInput = TrainInput & {
  readonly history: SnapshotRef;
  /** After a file was found damaged: the bytes of all files are compared before they are gone on from. */
  readonly isChecked?: boolean;
};

interface Cut {
  readonly throughWindow: number;
  readonly throughSeq: number | null;
  readonly fromSeq: number;
  readonly firstOrder: number;
}

export function snapshotTrafficActivities({ database, store, workDir, log }: ActivityDependencies) {
  const { db } = database;

  /**
   * Labelled traffic as known at the cut-off, gone on from the snapshot before; null when there is none that can be
   * learnt from. What is asked again is answered by the snapshot that was made.
   */
  async function snapshotTraffic(input: TrafficInput): Promise<SnapshotRef | null> {
    const throughWindow = trafficThrough(input);
    if (throughWindow === null) return null;
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const cut = await cutOf(input, throughWindow);
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

  async function cutOf({ model, history }: TrafficInput, throughWindow: number): Promise<Cut> {
    const line = await lineageOf(db, [history.digest]);
    return {
      throughWindow,
      throughSeq: (await findWindow(db, model, throughWindow))?.lastSeq ?? null,
      fromSeq: await firstSeqOf(db, model),
      firstOrder: 1 + Math.max(-1, ...line.map((snapshot) => orderMaxOf(snapshot.manifest))),
    };
  }

  /** A file that is to become one with others is read whole: where it is not what its name says, all is exported. */
  async function snapshotOrAnew(before: Before, spec: ModelSpec, input: TrafficInput, cut: Cut) {
    try {
      return await snapshotAfter(before, spec, input, cut);
    } catch (error) {
      if (before.digest === null) throw error;
      return snapshotAfter(anewWithout(before.digest, wrongWith(error)), spec, input, cut);
    }
  }

  /** Null when there are no rows, or when some of them alone have an event time. */
  async function snapshotAfter(
    before: Before,
    spec: ModelSpec,
    input: TrafficInput,
    cut: Cut,
  ): Promise<TrafficSnapshot | null> {
    const { throughWindow } = cut;
    const anew = before.digest === null ? before.why : null;
    if (anew !== null)
      log.info({ model: input.model, runId: input.runId, why: anew }, 'all of the traffic is exported');
    return withWorkFolder({ workDir, kind: 'traffic', model: input.model }, async (folder) => {
      const lines = path.join(folder, 'traffic.ndjson');
      const sealed = createSealedLog(store, { tempDir: folder });
      const asked = { model: input.model, throughWindow, since: sinceOf(before, cut) };
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

  async function keep({ digest, manifest }: TrafficSnapshot, input: TrafficInput, cut: Cut): Promise<void> {
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
function isSame(before: Before, input: TrafficInput, cut: Cut): before is Extract<Before, { readonly digest: string }> {
  if (before.digest === null) return false;
  const { traffic, parents, specRevision } = before.manifest;
  return (
    traffic?.throughWindow === cut.throughWindow &&
    traffic.fromSeq === cut.fromSeq &&
    traffic.firstOrder === cut.firstOrder &&
    specRevision === input.specRevision &&
    parents?.length === 1 &&
    parents[0] === input.history.digest
  );
}

function sinceOf(before: Before, { throughWindow, throughSeq }: Cut) {
  const traffic = before.digest === null ? undefined : before.manifest.traffic;
  if (traffic === undefined || throughSeq === null || traffic.throughSeq === null) return null;
  return { afterWindow: traffic.throughWindow, afterSeq: traffic.throughSeq, throughWindow, throughSeq };
}
