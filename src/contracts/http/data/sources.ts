import { z } from 'zod';
import { alertKinds, lagUnits } from '../../../domain/record/closed-sets.ts';
import { ruleSeverities } from '../../../domain/spec/closed-sets.ts';
import { modelName } from '../../spec/spec-columns.ts';
import { strict } from '../../spec/strict.ts';
import { nextSchema } from '../page.ts';

const instant = z.string();

/** One source of a union: what was taken of it, and how reliable it is. */
const memberView = z.object({
  name: z.string(),
  /** In one line, without a secret. */
  source: z.string(),
  /** Accepted rows under this revision, and when some were taken last. */
  rows: z.number(),
  takenAt: instant.nullable(),
  /** Rows that the contract set aside. */
  quarantinedRows: z.number(),
  /** Accepted rows whose key (the first rule `unique`) another source had among the newest batches. */
  repeatedRows: z.number(),
  /** What it held at the last look that nobody had read; null where that is not counted. */
  lag: z.object({ unread: z.number(), unit: z.enum(lagUnits), isAtLeast: z.boolean() }).nullable(),
  /** Objects of it that came late, at the last look. */
  late: z.int(),
  /** How old its newest row was then, where that is older than was declared. */
  staleMs: z.number().nullable(),
  /** How often in a row it could not be read since, and why. */
  failures: z.int(),
  problem: z.string().nullable(),
  /** Why the contract refused its last batch as a whole; null where it was taken. */
  refusal: z.string().nullable(),
});

/** How a source stands: what was taken of it, what is unread, and what keeps it from being read. */
export const sourceStanding = z.object({
  /** In one line, without a secret. */
  source: z.string(),
  /** How far it has been read, as people read it; null where a cursor says them nothing, or nothing was read. */
  cursor: z.string().nullable(),
  /** When rows of it were taken last; null before the first time under this revision of the definition. */
  takenAt: instant.nullable(),
  /** Accepted rows, of all that the newest snapshot continues. */
  rows: z.number(),
  /** Of the last batch: rows that the contract set aside, and their share. */
  quarantinedRows: z.number(),
  quarantinedShare: z.number().nullable(),
  /** What it held at the last look that nobody had read; null where that is not counted. */
  lag: z.object({ unread: z.number(), unit: z.enum(lagUnits), isAtLeast: z.boolean() }).nullable(),
  /** When it was looked at last with success, and is next; null where it is only read for a training. */
  lookedAt: instant.nullable(),
  nextLookAt: instant.nullable(),
  /** How often in a row it could not be read since, and why. */
  failures: z.int(),
  problem: z.string().nullable(),
  /** When a look, or a training, last found something new in it; null before the first time. */
  changedAt: instant.nullable(),
  /** How long nothing new may come, as declared; null where nobody has. */
  freshMs: z.number().nullable(),
  /** What rings about it now. */
  alerts: z.array(z.object({ kind: z.enum(alertKinds), openedAt: instant, title: z.string(), body: z.string() })),
  /** The sources of a union, in their order; none where there is one source. */
  members: z.array(memberView),
});

/** How a model's source stands. */
export const sourceView = z.object({
  model: z.string(),
  specRevision: z.int(),
  ...sourceStanding.shape,
});

/** A definition that need not be applied, or a model or feature view whose current one is meant. */
export const sourceTestRequest = z.union([
  strict({ spec: z.record(z.string(), z.unknown()) }),
  strict({ model: modelName }),
  strict({ viewSpec: z.record(z.string(), z.unknown()) }),
  strict({ view: modelName }),
]);

const cell = z.string().nullable();

/** The first rows of a source, and what was found in them. */
export const sourceTest = z.object({
  /** Of a model, or of a feature view. */
  model: z.string(),
  source: z.string(),
  /** What it holds; null where nobody can say without reading everything. */
  unread: z.object({ unread: z.number(), unit: z.enum(lagUnits), isAtLeast: z.boolean() }).nullable(),
  /** What to know before relying on it, a sentence each. */
  caveats: z.array(z.string()),
  /** Null while it holds no rows. */
  sample: z
    .object({
      rowsSampled: z.number(),
      columns: z
        .array(
          z.object({
            name: z.string(),
            inferredKind: z.string().nullable(),
            declaredAs: z.string().nullable(),
            present: z.number(),
            distinct: z.number(),
          }),
        )
        .readonly(),
      rows: z.array(z.array(cell).readonly()).readonly(),
      notes: z.array(z.string()).readonly(),
      contract: z.object({
        verdict: z.enum(['accepted', 'rejected']),
        text: z.string(),
        accepted: z.number(),
        /** Declared columns that the source has not, each with the one that was probably meant. */
        missing: z.array(z.object({ column: z.string(), nearest: z.string().nullable() })).readonly(),
        rules: z.array(z.object({ ruleId: z.string(), severity: z.enum(ruleSeverities), rows: z.number() })).readonly(),
        /** Rules that no sample can be asked: they ask a feature view, or the batches before. */
        notAsked: z.array(z.string()).readonly(),
      }),
    })
    .nullable(),
});

export const sourceList = z.object({ sources: z.array(sourceView), next: nextSchema });

export type SourceMemberView = z.infer<typeof memberView>;
export type SourceStanding = z.infer<typeof sourceStanding>;
export type SourceView = z.infer<typeof sourceView>;
export type SourceTest = z.infer<typeof sourceTest>;
