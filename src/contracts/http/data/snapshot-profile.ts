import { z } from 'zod';
import {
  associationMeasures,
  profilePeriods,
  type SnapshotProfile,
} from '../../../domain/training/snapshot-profile.ts';
import { leakageKinds } from '../../../domain/training/leakage/suspicion.ts';

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const names = list(z.string());

const numbers = z.object({
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  deviation: z.number(),
  /** Of the sample. */
  quantiles: list(z.object({ share: z.number(), value: z.number() })),
  /** Of the sample, in equal steps between its 1st and 99th percentile. */
  histogram: z.object({ from: z.number(), to: z.number(), rows: list(z.number()) }).nullable(),
  /** Of all rows: beyond three interquartile ranges from the quartiles. */
  outliers: z.object({ below: z.number(), above: z.number(), from: z.number(), to: z.number() }).nullable(),
});

const column = z.object({
  name: z.string(),
  type: z.enum(['DOUBLE', 'BOOLEAN', 'VARCHAR', 'BIGINT']),
  role: z.enum(['feature', 'target', 'entity', 'eventTime', 'other']),
  missing: z.number(),
  /** Approximate beyond a few thousand values. */
  distinct: z.number(),
  numbers: numbers.exactOptional(),
  top: list(z.object({ value: z.string(), rows: z.number() })).exactOptional(),
});

const association = z.object({
  columns: z.tuple([z.string(), z.string()]).readonly(),
  isWithTarget: z.boolean(),
  measure: z.enum(associationMeasures),
  /** 0 to 1. */
  strength: z.number(),
  pearson: z.number().exactOptional(),
  spearman: z.number().exactOptional(),
  rows: z.number(),
});

const time = z.object({
  column: z.string(),
  fromMs: z.number(),
  toMs: z.number(),
  period: z.enum(profilePeriods),
  periods: list(z.object({ startMs: z.number(), rows: z.number() })),
  gaps: list(z.object({ fromMs: z.number(), toMs: z.number(), periods: z.number() })),
});

export const leakageSuspicion = z.object({
  kind: z.enum(leakageKinds),
  column: z.string(),
  score: z.number(),
  measure: z.enum(['explained', 'area', 'correlation', 'rowsLater']),
  limit: z.number(),
  rows: z.number(),
  text: z.string(),
});

/** How the rows of a snapshot look, with all that it continues. */
export const snapshotProfile = z.object({
  formatVersion: z.literal(1),
  rows: z.number(),
  sample: z.object({ rows: z.number(), everyNth: z.number() }),
  bounds: z.object({
    columnsMax: z.number(),
    pairColumnsMax: z.number(),
    associationsMax: z.number(),
    sampleRowsMax: z.number(),
    columnsLeftOut: z.number(),
    pairColumnsLeftOut: z.number(),
  }),
  columns: list(column),
  missing: z.object({ patterns: list(z.object({ columns: names, rows: z.number() })), patternCount: z.number() }),
  duplicates: z.object({
    repeated: z.number(),
    byKey: z.object({ columns: names, repeated: z.number() }).nullable(),
    entities: z.object({ count: z.number(), rowsMax: z.number() }).nullable(),
    contradictions: z.number().nullable(),
  }),
  time: time.nullable(),
  associations: list(association),
  drift: z.object({
    parts: z.number(),
    columns: list(
      z.object({
        name: z.string(),
        shifts: list(z.number()),
        ends: z.object({ shift: z.number(), pValue: z.number(), hasMoved: z.boolean() }),
      }),
    ),
  }),
  leakage: list(leakageSuspicion),
}) satisfies z.ZodType<SnapshotProfile>;

/** A profile with the snapshot that it is of. */
export const snapshotProfileAnswer = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  model: z.string(),
  /** Snapshots that were read: it and all that it continues. */
  snapshots: z.int(),
  profile: snapshotProfile,
});

export type SnapshotProfileAnswer = z.infer<typeof snapshotProfileAnswer>;
