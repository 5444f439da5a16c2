import { z } from 'zod';
import { quarantineMax, rowDecisions } from '../../../domain/contract/quarantine.ts';
import { charsMax } from '../../../domain/words/limits.ts';
import { repairsMax } from '../../../domain/spec/columns/check-repairs.ts';
import { columnName } from '../../spec/spec-columns.ts';
import { repairSchema } from '../../spec/spec-repairs.ts';
import { strict } from '../../spec/strict.ts';
import { applyAnswer, commandAnswer } from '../answers.ts';
import { nextSchema } from '../page.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const reason = z.string().trim().min(1).max(charsMax.words);
/** Ids of rules that a feature implies hold the name of a column, which may be anything. */
const rule = z
  .string()
  .min(1)
  .max(charsMax.columnName + charsMax.ruleId);
const line = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const linePattern = /^[1-9]\d{0,15}$/;
const lineText = z
  .string()
  .regex(linePattern, 'must be the number of a line')
  .transform(Number)
  .meta({ type: 'integer', minimum: 1 });

export const quarantineQuery = strict({
  rule: rule.optional(),
  line: lineText.optional(),
  /** The page behind this line. */
  after: lineText.optional(),
  limit: z
    .string()
    .regex(/^([1-9]|[1-9]\d|1\d\d|200)$/, 'must be 1 to 200')
    .transform(Number)
    .meta({ type: 'integer', minimum: 1, maximum: 200 })
    .optional(),
});

export const fixQuarantineRequest = strict({
  /** The new text of each of these cells; null empties one. */
  set: z
    .record(columnName, z.string().max(charsMax.value).nullable())
    .refine((set) => Object.keys(set).length >= 1 && Object.keys(set).length <= 20, 'must name 1 to 20 columns'),
  rule: rule.optional(),
  line: line.optional(),
  reason,
});
/** Where the repair stands among those of the definition, from 0; behind all of them by default. */
const at = z.int().min(0).max(repairsMax).optional();
export const checkRepairRequest = strict({ repair: repairSchema, at });
export const repairQuarantineRequest = strict({ repair: repairSchema, at, reason });
export const dropQuarantineRequest = strict({ rule: rule.optional(), line: line.optional(), reason });

export const quarantineList = z.object({
  model: z.string(),
  quarantines: z.array(
    z.object({
      /** The snapshot that set the rows aside. */
      digest,
      createdAt: z.string(),
      rows: z.number(),
      /** Rows of which nothing was decided. */
      open: z.number(),
      replayed: z.number(),
      /** The first later revision under which the source was read anew: nothing of it is open since. */
      settledBy: z.int().nullable(),
      dropped: z.number(),
      rules: z.array(
        z.object({ ruleId: z.string(), rows: z.number(), line: z.number().nullable(), about: z.string() }),
      ),
    }),
  ),
  next: nextSchema,
});

export const quarantinePage = z.object({
  model: z.string(),
  digest,
  specRevision: z.int(),
  /** The first later revision under which the source was read anew; null where there is none. */
  settledBy: z.int().nullable(),
  /** Ids of rules of which `breaks` says nothing, because they need other rows. */
  leftToReplay: z.array(z.string()),
  rows: z.array(
    z.object({
      line: z.number(),
      /** As it stood in the source: a JSON object of its cells, or the line itself. */
      raw: z.string(),
      /** The same with its edits; null where there are none. */
      edited: z.string().nullable(),
      /** Rules that it would break as edited; null where it has no edits. */
      breaks: z.array(z.string()).nullable(),
      ruleIds: z.array(z.string()),
      state: z.enum(['open', ...rowDecisions]),
    }),
  ),
  edits: z
    .array(
      z.object({
        rule: z.string().nullable(),
        line: z.number().nullable(),
        column: z.string(),
        value: z.string().nullable(),
      }),
    )
    .max(quarantineMax.edits),
  /** `after` of the next page; null on the last. */
  nextLine: z.number().nullable(),
});

export const rowsDecided = commandAnswer.extend({ rows: z.number() });
const cell = z.string().nullable();
export const repairCheck = z.object({
  model: z.string(),
  digest,
  /** One sentence. */
  text: z.string(),
  /** The line for the definition file. */
  declaration: z.string(),
  /** Rows of the quarantine that were tried, as they came: edits do not survive a reading of the source. */
  rows: z.int(),
  /** Whether there are more of them. */
  isPartial: z.boolean(),
  /** Of those tried: rows that cannot be split into cells. */
  unreadable: z.int(),
  /** Rows that the repair changes, or takes out. */
  changed: z.int(),
  mended: z.int(),
  takenOut: z.int(),
  broken: z.int(),
  /** What those that stay broken break. */
  rules: z.array(z.object({ ruleId: z.string(), rows: z.int() })),
  first: z.array(
    z.object({
      line: z.number(),
      column: z.string(),
      before: cell,
      after: cell,
      /** Rules that the row breaks afterwards; null where it is taken out. */
      breaks: z.array(z.string()).nullable(),
    }),
  ),
  /** What a person should know of it, one sentence each. */
  notes: z.array(z.string()),
});
export const quarantineRepaired = applyAnswer.extend({
  /** The line for the definition file: without it the next `apply` takes the repair away. */
  declaration: z.string(),
  /** What a person should know of it, one sentence each. */
  notes: z.array(z.string()),
});
export const rowsReplayed = commandAnswer.extend({
  /** The snapshot that the rows are in. */
  snapshot: digest,
  runId: z.string(),
  rows: z.number(),
  /** Rows that did not pass, and stay open. */
  failed: z.number(),
});

export type QuarantineList = z.infer<typeof quarantineList>;
export type QuarantinePage = z.infer<typeof quarantinePage>;
export type RowsDecided = z.infer<typeof rowsDecided>;
export type RepairCheck = z.infer<typeof repairCheck>;
export type QuarantineRepaired = z.infer<typeof quarantineRepaired>;
export type RowsReplayed = z.infer<typeof rowsReplayed>;
