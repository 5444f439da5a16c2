import { Context } from '@temporalio/activity';
import { ingestSource as snapshotsOf } from '../../src/data/snapshot/ingest-source.ts';
import type { IngestResult } from '../../src/data/snapshot/ingest-table.ts';
import { liftedErasuresOf } from '../../src/db/erasure/erasures.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { excludedOf } from '../../src/db/erasure/exclusions.ts';
import { keyColumnsEver } from '../../src/db/erasure/key-columns.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { batchHistory } from '../../src/db/models/batch-history.ts';
import { waitForHistory } from '../../src/db/models/quarantine.ts';
import { noteMemberRefused } from '../../src/db/models/source-members.ts';
import { putSnapshot } from '../../src/db/models/snapshots.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { noteSourceTaken } from '../../src/db/watching/trigger-looks.ts';
import { closeRun, openRun } from '../../src/db/runs/runs.ts';
import { sayCheck } from '../../src/domain/contract/batch/batch-check.ts';
import { isBehindLift } from '../../src/domain/record/erasure/behind-lift.ts';
import type { ExcludedEntities } from '../../src/domain/record/erasure/erasure.ts';
import type { IngestInput, SnapshotRef } from '../../src/domain/record/runs.ts';
import { isReadWhole } from '../../src/domain/spec/source-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { sayRepairs } from '../../src/domain/training/repair-log.ts';
import { sayLines } from '../../src/domain/training/line-account.ts';
import type { RepairReport, SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { ownRowsOf } from '../../src/domain/spec/columns/pins.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { messageOf } from '../../src/domain/words/reason-of.ts';
import type { SourceBatch } from '../../src/sources/port.ts';
import { describeSource } from '../../src/sources/registry.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { tellProgress } from '../heartbeat.ts';
import { joinPinned } from '../views/join-pinned.ts';
import { beginLine } from './begin-line.ts';
import { repeatedRows } from './repeated-rows.ts';
import { snapshotRefOf } from './snapshot-ref.ts';
import { tellBatchRules } from './tell-batch-rules.ts';
import { withWorkFolder } from '../work-folder.ts';

/** The newest snapshot of a source. */
interface ReadSource {
  readonly digest: string;
  readonly newest: SnapshotManifest | null;
  /** Of a union: what its contract refused of one source, a sentence each. */
  readonly refused: readonly string[];
}

/** Known as such by whoever asks later: a training that found no rows is none that was tried. */
class NothingToRead extends PerennialError {
  constructor(source: string) {
    super('invalid_data', `The source ${source} holds nothing to read.`, {
      path: 'source',
      hint: 'Wait until it holds rows, or declare another one.',
    });
  }
}

function repairedIn(repairs: RepairReport): string {
  const said = sayRepairs(repairs);
  const gone = repairs.removedRows === 0 ? '' : ` (${repairs.removedRows} rows taken out)`;
  return said === '' ? 'nothing to repair' : `repaired ${said}${gone}`;
}

export function ingestSourceActivities(dependencies: ActivityDependencies) {
  const { database, store, workDir, connectSource } = dependencies;
  const { db } = database;

  /** Contract check of what is new in the declared source; accepted and quarantined rows become immutable files. */
  async function ingestSource(input: IngestInput): Promise<SnapshotRef> {
    await openRun(db, { runId: input.runId, model: input.model, kind: 'ingest', trigger: null, input });
    try {
      const { digest, newest, refused } = await readOn(input);
      const ref = await snapshotRefOf(db, digest);
      const { lines, repairs, readingNotes = [], parents = [], batchChecks = [] } = newest ?? {};
      const told = [`${ref.rows} rows accepted, ${ref.quarantinedRows} quarantined`];
      const ofBatch = parents.length === 0 ? '' : 'of the newest batch ';
      if (lines !== undefined) told.push(`${ofBatch}${sayLines(lines)}`);
      if (newest?.branched !== undefined) told.push(`all of them those of ${newest.branched.model}, by reference`);
      if (repairs !== undefined) told.push(`${ofBatch}${repairedIn(repairs)}`);
      await closeRun(db, input.runId, {
        status: 'completed',
        detail: [told.join('; '), ...refused, ...batchChecks.map(sayCheck), ...readingNotes].join('. '),
        output: {
          snapshot: digest,
          rows: ref.rows,
          quarantinedRows: ref.quarantinedRows,
          lines: lines ?? null,
          batchChecks,
          repairs: repairs ?? null,
        },
      });
      return ref;
    } catch (error) {
      await closeRun(db, input.runId, {
        status: 'failed',
        detail: messageOf(error),
        ...(error instanceof NothingToRead ? { output: { heldNothing: true } } : {}),
      });
      throw error;
    }
  }

  /**
   * Reads on from the newest snapshot and stores each new one before the next is read, so an attempt that is cut off
   * goes on where it was. Answers the newest snapshot, whether or not there was anything new.
   */
  async function readOn(input: IngestInput): Promise<ReadSource> {
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    // Behind a replay of quarantined rows that ends just now: what is read continues it.
    await waitForHistory(db, input.model);
    // Before the rows that look at them: what a view holds by now is all that these may have been able to know.
    const withViews = await joinPinned(dependencies, spec);
    // Counted before who is left out is asked: after a lift in between it is read once more, and never too seldom.
    const liftedErasures = isReadWhole(spec.source) ? await liftedErasuresOf(db, input.model) : 0;
    const excluded = await excludedFrom(input.model);
    const { newest, beginning } = await beginLine(dependencies, spec, input, excluded);
    return withWorkFolder({ workDir, kind: 'ingest', model: input.model }, async (folder) => {
      let digest = newest?.digest ?? null;
      let manifest = newest?.manifest ?? null;
      const from = newest !== null && isBehindLift(spec.source, newest.manifest, liftedErasures) ? null : newest;
      let taken: string | null = null;
      const refusals = new Map<string, string>();
      const reading = {
        spec: ownRowsOf(spec),
        specRevision: input.specRevision,
        workDir: folder,
        store,
        ...withViews,
        liftedErasures,
        beginning,
        progress: { known: Context.current().info.heartbeatDetails as unknown, tell: tellProgress },
        historyOf: ({ covers, member, sourceDigest, next }: SourceBatch) =>
          batchHistory(db, spec, {
            model: input.model,
            specRevision: input.specRevision,
            // The first batch of a source that grows stands alone as well, and is read on from elsewhere.
            isWhole: covers === 'whole' && next === sourceDigest,
            sourceDigest,
            ...(member === undefined ? {} : { member }),
          }),
        ...(excluded === null ? {} : { excluded }),
        onRefused: (member: string, error: unknown) => void refusals.set(member, messageOf(error)),
      };
      for await (const snapshot of snapshotsOf(connectSource(spec.source, input.model), from, reading)) {
        await keep(input, spec, snapshot);
        ({ digest, manifest } = snapshot);
        taken = snapshot.manifest.sourceDigest;
      }
      if (digest === null) throw new NothingToRead(describeSource(spec.source));
      for (const [member, why] of refusals) await noteMemberRefused(db, { ...input, member }, why);
      if (taken !== null) await noteSourceTaken(db, input.model, taken);
      const refused = [...refusals].map(([member, why]) => `of ${member} nothing more was taken: ${why}`);
      return { digest, newest: manifest, refused };
    });
  }

  async function excludedFrom(model: string): Promise<ExcludedEntities | null> {
    const excluded = await excludedOf(db, model);
    return excluded && { ...excluded, columns: await keyColumnsEver(db, { of: 'model', name: model }) };
  }

  async function keep(input: IngestInput, spec: ModelSpec, { digest, manifest }: IngestResult): Promise<void> {
    const repeated = await repeatedRows({ db, store }, spec, manifest);
    // At once: whoever goes on reads behind the snapshot, and would never come back to what it had to say.
    await withTransaction(database, async (tx) => {
      await putSnapshot(tx, {
        repeatedRows: repeated,
        digest,
        model: input.model,
        specRevision: input.specRevision,
        kind: 'history',
        sourceDigest: manifest.sourceDigest,
        throughWindow: null,
        manifest,
      });
      await tellBatchRules(tx, spec, manifest);
      await putEvidence(tx, {
        model: input.model,
        kind: 'contract',
        subject: { of: 'snapshot', digest },
        verdict: 'accepted',
        body: {
          rows: manifest.rows,
          quarantinedRows: manifest.quarantinedRows,
          ruleCounts: manifest.ruleCounts,
          ...(manifest.batchChecks === undefined ? {} : { batchChecks: manifest.batchChecks }),
        },
      });
    });
  }

  return { ingestSource };
}
