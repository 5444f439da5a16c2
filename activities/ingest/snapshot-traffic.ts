import path from 'node:path';
import { sha256OfFile } from '../../src/artifacts/digest.ts';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { ingestTable } from '../../src/data/snapshot/ingest-table.ts';
import type { RawTable } from '../../src/data/snapshot/raw-table.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { lineageOf, putSnapshot } from '../../src/db/models/snapshots.ts';
import { trafficThrough, type SnapshotRef, type TrainInput } from '../../src/domain/record/runs.ts';
import type { ContractRule, ModelSpec } from '../../src/domain/spec/spec.ts';
import { orderMaxOf } from '../../src/domain/training/snapshot.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { exportTraffic } from './export-traffic.ts';
import { tellSetAside } from './tell-set-aside.ts';
import { withWorkFolder } from './work-folder.ts';

/**
 * Logged rows were answered when they came: the rules about single rows are counted, none is set aside for them, and a
 * row that cannot be typed stops no training.
 */
function trafficSpecOf(spec: ModelSpec): ModelSpec {
  const rules = spec.contract.rules.filter((rule) => rule.rule === 'compare' && !namesHashedEntity(spec, rule));
  return { ...spec, contract: { rules, quarantineShareMax: 1 } };
}

/** Of an entity that is no feature the log has the hash only. */
function namesHashedEntity({ entity, features }: ModelSpec, rule: CompareRule): boolean {
  if (entity === null || features.some(({ name }) => name === entity.column)) return false;
  return rule.left === entity.column || ('column' in rule.right && rule.right.column === entity.column);
}

type CompareRule = Extract<ContractRule, { readonly rule: 'compare' }>;

export function snapshotTrafficActivities({ database, store, workDir }: ActivityDependencies) {
  const { db } = database;

  /** Labelled traffic as known at the cut-off, by the same path as any table; null when there is none. */
  async function snapshotTraffic(input: TrainInput & { readonly history: SnapshotRef }): Promise<SnapshotRef | null> {
    const throughWindow = trafficThrough(input);
    if (throughWindow === null) return null;
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const history = await lineageOf(db, [input.history.digest]);
    return withWorkFolder({ workDir, kind: 'traffic', model: input.model }, async (folder) => {
      const file = path.join(folder, 'traffic.ndjson');
      const sealed = createSealedLog(store, { tempDir: folder });
      const rows = await exportTraffic(db, spec, { model: input.model, throughWindow }, file, sealed);
      if (rows === 0) return null;
      const table = { path: file, name: file, format: 'ndjson', rowsMax: null } as const satisfies Partial<RawTable>;
      const ingested = await ingestTable({
        spec: trafficSpecOf(spec),
        specRevision: input.specRevision,
        table: { ...table, sourceDigest: await sha256OfFile(file) },
        workDir: folder,
        store,
        parents: [input.history.digest],
        orderOffset: 1 + Math.max(-1, ...history.map((snapshot) => orderMaxOf(snapshot.manifest))),
        unlabelled: 'refuse',
        isLogged: true,
      }).catch(nothingAccepted);
      if (ingested === null) {
        await tellSetAside(db, spec, { runId: input.runId, rows: 0, quarantinedRows: rows, ruleCounts: [] });
        return null;
      }
      const { digest, manifest } = ingested;
      await putSnapshot(db, {
        digest,
        model: input.model,
        specRevision: input.specRevision,
        kind: 'traffic',
        sourceDigest: manifest.sourceDigest,
        throughWindow,
        manifest,
      });
      await putEvidence(db, {
        model: input.model,
        kind: 'contract',
        subject: { of: 'snapshot', digest },
        verdict: 'accepted',
        body: { rows: manifest.rows, quarantinedRows: manifest.quarantinedRows, ruleCounts: manifest.ruleCounts },
      });
      await tellSetAside(db, spec, { runId: input.runId, ...manifest });
      return { digest, rows: manifest.rows, quarantinedRows: manifest.quarantinedRows };
    });
  }

  return { snapshotTraffic };
}

/** A training goes on without traffic of which no row can be typed. */
function nothingAccepted(error: unknown): null {
  if (isPerennialError(error) && error.code === 'contract_rejected') return null;
  throw error;
}
