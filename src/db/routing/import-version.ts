import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { MakerComparison } from '../../domain/spec/maker-comparison.ts';
import type { ModelMemory } from '../../domain/spec/parts/model-memory.ts';
import type { TrainReport } from '../../domain/training/training.ts';
import { appendAudit } from '../audit/audit.ts';
import type { Db } from '../base/connect.ts';
import { noteRunEvent } from '../runs/run-events.ts';
import { moveChampionTo } from './move-champion.ts';
import { model as modelTable, run } from '../schema/index.ts';
import { readSpecRevision, storeSpec } from '../models/specs.ts';
import { insertVersion, nextVersionNumber, versionOfRun } from '../models/versions.ts';
import type { RolloutKey } from '../../domain/words/ids.ts';

export interface NewImport {
  readonly spec: ModelSpec;
  readonly actor: string;
  readonly tokenId: string;
  readonly reason: string;
  readonly commandId: string;
  /** `import/<model>/<digest of file and signature>`: the same file twice is one import. */
  readonly runId: string;
  readonly sourceDigest: string;
  readonly modelDigest: string;
  readonly profileDigest: string;
  readonly threshold: number | null;
  readonly inferred: readonly string[];
  /** Its answers held against those of its maker; null: nobody gave them. */
  readonly maker: MakerComparison | null;
  /** What it took when it was tried. */
  readonly memory: ModelMemory;
}

export interface Imported {
  readonly version: number;
  readonly revision: number;
  readonly created: boolean;
  readonly endedRollout: RolloutKey | null;
}

/** Definition, run, version and champion in the caller's transaction: a model is imported whole or not at all. */
export async function importVersion(tx: Db, given: NewImport): Promise<Imported> {
  const { spec, actor, runId } = given;
  const stored = await storeSpec(tx, spec, actor);
  // The lock on the model's row that storing took makes two imports of one file one after the other.
  const known = await versionOfRun(tx, runId);
  if (known !== null)
    return { version: known.version, revision: known.specRevision, created: false, endedRollout: null };
  const number = await nextVersionNumber(tx, spec.name);
  const { inferred, maker, memory } = given;
  const output = { version: number, specRevision: stored.revision, inferred, maker, memory };
  const input = { sourceDigest: given.sourceDigest, reason: given.reason };
  const ended = {
    runId,
    execution: randomUUID(),
    model: spec.name,
    kind: 'import',
    status: 'completed',
    trigger: 'person',
    detail: `v${number} imported by ${actor}`,
    input,
    output,
    endedAt: new Date(),
  } as const;
  await tx.insert(run).values(ended);
  for (const state of ['running', 'completed'] as const) await noteRunEvent(tx, ended, state);
  await insertVersion(tx, {
    model: spec.name,
    version: number,
    runId,
    status: 'released',
    origin: 'imported',
    specRevision: stored.revision,
    modelDigest: given.modelDigest,
    profileDigest: given.profileDigest,
    correction: 'identity',
    threshold: given.threshold,
    snapshots: [],
    report: importReport(given),
    labelledRows: 0,
    throughWindow: null,
    gateVerdict: 'imported',
  });
  await appendAudit(tx, {
    type: 'perennial.version.imported',
    model: spec.name,
    subject: { of: 'version', model: spec.name, version: number },
    actor,
    tokenId: given.tokenId,
    reason: given.reason,
    runId,
    data: { version: number, sourceDigest: given.sourceDigest, modelDigest: given.modelDigest },
  });
  const { endedRollout } = await moveChampionTo(tx, {
    model: spec.name,
    version: number,
    actor,
    why: given.reason,
    commandId: given.commandId,
  });
  return { version: number, revision: stored.revision, created: true, endedRollout };
}

/** The definition that stands, null for a model that is new; locked, so that nobody applies another one meanwhile. */
export async function lockedSpec(tx: Db, name: string): Promise<ModelSpec | null> {
  const [row] = await tx
    .select({ revision: modelTable.specRevision })
    .from(modelTable)
    .where(eq(modelTable.name, name))
    .for('update');
  return row === undefined || row.revision === 0 ? null : (await readSpecRevision(tx, name, row.revision)).spec;
}

/** Nothing was measured here: the metrics are empty, not zero. Parity is with its maker, on the golden rows. */
function importReport(given: NewImport): TrainReport {
  const release = {
    family: 'imported',
    modelFile: 'model.onnx',
    threshold: given.threshold,
    testMetrics: { rows: 0 },
    trees: 0,
  } as const;
  return {
    rows: { all: 0, training: 0, validation: 0, test: 0, gap: 0 },
    trainedThroughOrder: null,
    historyShare: 0,
    candidate: release,
    baselines: [],
    release,
    releaseProfileFile: 'profile.json',
    champion: null,
    slices: [],
    importance: [],
    testScoresFile: '',
    parity: {
      rows: given.maker?.rows ?? 0,
      maxAbsoluteDifference: given.maker?.largestDifference ?? 0,
      labelMismatches: 0,
    },
    memory: given.memory,
  };
}
