import { z } from 'zod';
import { snapshotKinds } from '../../../domain/record/closed-sets.ts';
import { batchVerdicts } from '../../../domain/contract/batch/batch-check.ts';
import { batchRuleSeverities, dataFormats, repairKinds, ruleSeverities } from '../../../domain/spec/closed-sets.ts';
import { nextSchema } from '../page.ts';
import { strict } from '../../spec/strict.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A digest, or its first characters: as many as tell it from all others. */
export const digestStart = z.string().regex(/^[0-9a-f]{8,64}$/, 'must be 8 to 64 lower-case hex digits of a digest');

export const snapshotParams = z.object({ digest: digestStart });
export const snapshotDiffQuery = strict({ to: digestStart });
export const snapshotRowsQuery = strict({ format: z.enum(dataFormats).default('parquet') });
/** The key of a page of snapshots. */
export const snapshotKey = z.object({ createdAt: z.iso.datetime({ precision: 6 }), digest });

export const snapshotLine = z.object({
  digest,
  kind: z.enum(snapshotKinds),
  specRevision: z.int(),
  /** Traffic: the window through which it reaches; null for history. */
  throughWindow: z.int().nullable(),
  createdAt: z.string(),
  rows: z.number(),
  quarantinedRows: z.number(),
  /** When retention gave its files up; null while they are there. */
  filesRemovedAt: z.string().nullable(),
  /** Of the latest hundred versions, those that were trained on it, the latest first. */
  versions: z.array(z.int()),
});

export const snapshotList = z.object({ model: z.string(), snapshots: z.array(snapshotLine), next: nextSchema });

const columnType = z.enum(['DOUBLE', 'BOOLEAN', 'VARCHAR', 'BIGINT']);

export const snapshotView = z.object({
  digest,
  model: z.string(),
  kind: z.enum(snapshotKinds),
  specRevision: z.int(),
  throughWindow: z.int().nullable(),
  createdAt: z.string(),
  rows: z.number(),
  labelledRows: z.number(),
  quarantinedRows: z.number(),
  sourceDigest: z.string(),
  contractDigest: z.string(),
  logicalDigest: z.string(),
  /** Snapshots that it continues. */
  parents: z.array(z.string()),
  /** Of the first one of a line that begins with rows of another: whose, by reference. Null for every other. */
  branched: z.object({ model: z.string(), snapshot: digest }).nullable(),
  files: z.array(z.object({ sha256: digest, bytes: z.number(), rows: z.number() })),
  columns: z.array(
    z.object({
      name: z.string(),
      type: columnType,
      missing: z.number(),
      /** Approximate beyond a few thousand values. */
      distinct: z.number(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      mean: z.number().nullable(),
    }),
  ),
  /** What declared repairs did, in their order; null where none is declared. */
  repairs: z
    .object({
      counts: z.array(
        z.object({
          repair: z.enum(repairKinds),
          columns: z.array(z.string()),
          of: z.enum(['cells', 'rows']),
          count: z.number(),
          line: z.number().nullable(),
        }),
      ),
      removedRows: z.number(),
      /** Parquet artifact: line, column, repair, before, after. */
      logDigest: digest.nullable(),
      loggedRows: z.number(),
    })
    .nullable(),
  rules: z.array(
    z.object({
      ruleId: z.string(),
      severity: z.enum(ruleSeverities),
      rows: z.number(),
      line: z.number().nullable(),
      about: z.string(),
    }),
  ),
  /** What became of the rules that hold a batch against those before it. */
  batchChecks: z.array(
    z.object({
      ruleId: z.string(),
      severity: z.enum(batchRuleSeverities),
      verdict: z.enum(batchVerdicts),
      about: z.string(),
      against: z.array(digest),
    }),
  ),
  /** Runs that made it, the latest first. */
  runs: z.array(z.string()),
  versions: z.array(z.int()),
  /** Names that it has now. */
  tags: z.array(z.string()),
  /** As what it was published, the latest first. */
  editions: z.array(z.object({ tag: z.string(), edition: z.int() })),
});

const fromTo = z.object({ from: z.number(), to: z.number() });
const moved = z.object({ added: z.number(), removed: z.number() }).nullable();

export const snapshotDiff = z.object({
  from: digest,
  to: digest,
  rows: fromTo,
  columns: z.array(
    z.object({
      name: z.string(),
      change: z.enum(['same', 'added', 'removed', 'retyped']),
      types: z.object({ from: columnType.nullable(), to: columnType.nullable() }),
      values: z
        .object({
          missing: fromTo,
          means: fromTo.nullable(),
          /** Jensen-Shannon distance, 0 to 0.83. */
          distance: z.number(),
          /** What samples of these sizes show without any difference. */
          floor: z.number(),
        })
        .exactOptional(),
    }),
  ),
  rowsChanged: moved,
  keysChanged: moved,
});

export const snapshotVerified = z.object({
  digest,
  /** It and all that it continues. */
  snapshots: z.int(),
  isWhole: z.boolean(),
  /** Snapshots whose manifest is not what its digest names. */
  wrongManifests: z.array(digest),
  /** Snapshots from which rows of an entity were erased: the name stays, and another manifest stands behind it. */
  erased: z.array(z.object({ digest, rows: z.int(), erasedAt: z.string(), erasureId: z.string() })),
  files: z.array(
    z.object({ snapshot: digest, sha256: digest, state: z.enum(['whole', 'missing', 'damaged', 'other-rows']) }),
  ),
});

export type SnapshotView = z.infer<typeof snapshotView>;
export type SnapshotDiffAnswer = z.infer<typeof snapshotDiff>;
export type SnapshotVerified = z.infer<typeof snapshotVerified>;
