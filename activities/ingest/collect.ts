import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { Context } from '@temporalio/activity';
import { sha256OfFile } from '../../src/artifacts/digest.ts';
import { ingestFile } from '../../src/data/snapshot/snapshot.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { IngestInput, SnapshotRef, TrainInput } from '../../src/domain/record/runs.ts';
import { signatureOf, type Signature } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { closeRun, openRun } from '../../src/db/runs/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { labelledPage, type LabelledRow } from '../../src/db/traffic/traffic.ts';
import { findSnapshot, historySnapshotOf, putSnapshot } from '../../src/db/models/versions.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { beating } from '../beating.ts';

export function collectActivities(deps: ActivityDependencies) {
  const { database, store } = deps;
  const { db } = database;

  const sourcePathOf = (spec: ModelSpec): string => path.resolve(deps.rootDir, spec.source.path);

  /** Names the source by its bytes, and finds the snapshot if these bytes were ingested under this revision before. */
  async function findSource(input: { readonly model: string; readonly specRevision: number }): Promise<{
    readonly sourceDigest: string;
    readonly snapshot: SnapshotRef | null;
    readonly appendsTraffic: boolean;
  }> {
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const sourceDigest = await beating(() => sha256OfFile(sourcePathOf(spec))).catch((cause: unknown) => {
      throw unreadable(sourcePathOf(spec), cause);
    });
    const known = await historySnapshotOf(db, input.model, sourceDigest, input.specRevision);
    const appendsTraffic = spec.source.traffic !== 'ignore';
    return {
      sourceDigest,
      appendsTraffic,
      snapshot:
        known === null ? null : { digest: known.digest, rows: known.rows, quarantinedRows: known.quarantinedRows },
    };
  }

  /** Contract check of the declared source; accepted and quarantined rows become immutable files. */
  async function ingestSource(input: IngestInput): Promise<SnapshotRef> {
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    await openRun(db, { runId: input.runId, model: input.model, kind: 'ingest', trigger: null, input });
    const workDir = await freshFolder('ingest', input.model);
    try {
      const { digest, manifest } = await beating(() =>
        ingestFile({ spec, specRevision: input.specRevision, sourcePath: sourcePathOf(spec), workDir, store }),
      );
      await putSnapshot(db, {
        digest,
        model: input.model,
        specRevision: input.specRevision,
        kind: 'history',
        sourceDigest: input.sourceDigest,
        throughWindow: 0,
        manifest,
      });
      await putEvidence(db, {
        model: input.model,
        kind: 'contract',
        subject: { of: 'snapshot', digest },
        verdict: 'accepted',
        body: { rows: manifest.rows, quarantinedRows: manifest.quarantinedRows, ruleCounts: manifest.ruleCounts },
      });
      const detail = `${manifest.rows} rows accepted, ${manifest.quarantinedRows} quarantined`;
      await closeRun(db, input.runId, {
        status: 'completed',
        detail,
        output: { snapshot: digest, rows: manifest.rows, quarantinedRows: manifest.quarantinedRows },
      });
      return { digest, rows: manifest.rows, quarantinedRows: manifest.quarantinedRows };
    } catch (error) {
      await closeRun(db, input.runId, {
        status: 'failed',
        detail: error instanceof Error ? error.message : String(error),
      });
      throw error;
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  }

  /** Labelled traffic as known at the cut-off, by the same path as any file; null when there is none. */
  async function snapshotTraffic(input: TrainInput & { readonly history: SnapshotRef }): Promise<SnapshotRef | null> {
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const history = await findSnapshot(db, input.history.digest);
    const orderOffset = 1 + (history?.manifest.files.at(-1)?.orderMax ?? -1);
    const workDir = await freshFolder('traffic', input.model);
    try {
      const sourcePath = path.join(workDir, 'traffic.ndjson');
      const rows = await exportTraffic(spec, input, sourcePath);
      if (rows === 0) return null;
      const { digest, manifest } = await beating(() =>
        ingestFile({
          spec: { ...spec, contract: trafficContract, source: { kind: 'file', path: sourcePath, format: 'ndjson' } },
          specRevision: input.specRevision,
          sourcePath,
          workDir,
          store,
          parents: [input.history.digest],
          orderOffset,
          unlabelled: 'refuse',
        }),
      );
      await putSnapshot(db, {
        digest,
        model: input.model,
        specRevision: input.specRevision,
        kind: 'traffic',
        sourceDigest: manifest.sourceDigest,
        throughWindow: input.throughWindow,
        manifest,
      });
      return { digest, rows: manifest.rows, quarantinedRows: manifest.quarantinedRows };
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  }

  async function exportTraffic(spec: ModelSpec, input: TrainInput, sourcePath: string): Promise<number> {
    const signatures = new Map<number, Signature>();
    const out = createWriteStream(sourcePath);
    let rows = 0;
    for (let afterSeq = 0; ;) {
      const page = await labelledPage(db, input.model, { afterSeq, throughWindow: input.throughWindow });
      for (const row of page) {
        let signature = signatures.get(row.specRevision);
        if (signature === undefined) {
          signature = signatureOf((await readSpecRevision(db, input.model, row.specRevision)).spec);
          signatures.set(row.specRevision, signature);
        }
        out.write(`${JSON.stringify(exported(spec, signature, row))}\n`);
      }
      rows += page.length;
      Context.current().heartbeat({ rows });
      const last = page.at(-1);
      if (last === undefined) break;
      afterSeq = last.seq;
    }
    out.end();
    await finished(out);
    return rows;
  }

  async function freshFolder(kind: string, model: string): Promise<string> {
    const info = Context.current().info;
    const safeModel = model.replace(/[^a-z0-9.-]/g, '_');
    const task = info.base64TaskToken.slice(-12).replace(/[^A-Za-z0-9]/g, '_');
    const folder = path.join(deps.workDir, `${kind}-${safeModel}-${task}-${info.attempt}`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return folder;
  }

  return { findSource, ingestSource, snapshotTraffic };
}

/** A file that is not there, or that this user may not read, does not come back by trying again. */
function unreadable(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') return cause;
  return new PerennialError('invalid_data', `The source ${file} cannot be read (${code}).`, {
    path: 'source.path',
    cause,
  });
}

/** Logged rows were accepted when they were served: only their types are checked again, and a bad one is set aside. */
const trafficContract = { rules: [], quarantineShareMax: 1 } as const;

/**
 * One row by name, in the columns of the training's revision; a feature that its own revision did not have is missing.
 */
function exported(spec: ModelSpec, signature: Signature, row: LabelledRow): Record<string, unknown> {
  const cells: Record<string, unknown> = {};
  for (const feature of spec.features) {
    const column = signature.columns.find((candidate) => candidate.name === feature.name);
    cells[feature.name] = column === undefined ? null : cellAt(row, column.kind, column.slot);
  }
  cells[spec.target.column] = spec.target.task === 'regression' ? Number(row.label) : row.label;
  if (spec.entity !== null) cells[spec.entity.column] ??= row.entityHash;
  if (spec.eventTime !== null) cells[spec.eventTime.column] ??= row.eventTimeMs ?? row.seq;
  return cells;
}

function cellAt(row: LabelledRow, kind: string, slot: number): unknown {
  if (kind === 'category') return row.texts[slot] ?? null;
  const value = row.numbers[slot];
  if (value === undefined || Number.isNaN(value)) return null;
  return kind === 'boolean' ? value === 1 : value;
}
