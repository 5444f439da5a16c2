import { z } from 'zod';
import { missingPolicies } from '../../domain/spec/closed-sets.ts';
import {
  externalLimits,
  externalStages,
  type ExternalProgress,
  type ExternalReport,
  type ExternalTask,
} from '../../domain/training/external.ts';
import { taskNames } from '../../domain/tasks/task-of.ts';
import type { SameType } from './same-type.ts';

const { noteCharsMax, metricsMax, importanceMax, environmentMax } = externalLimits;
const count = z.int().min(0);
const name = z.string().min(1).max(256);
const note = z.string().max(noteCharsMax);

function recordOf<Value extends z.ZodType>(value: Value, max: number) {
  return z.record(name, value).refine((record) => Object.keys(record).length <= max, `has more than ${max} members`);
}

/** `spec.json`: what is asked of the program. */
export const externalTaskSchema = z.object({
  formatVersion: z.literal(1),
  model: z.string(),
  run: z.string(),
  stage: z.enum(externalStages),
  task: z.enum(taskNames),
  target: z.object({
    column: z.string(),
    classes: z.array(z.string()).exactOptional(),
    positive: z.string().exactOptional(),
  }),
  eventTime: z.string().nullable(),
  entity: z.string().nullable(),
  features: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['number', 'category', 'boolean', 'time']),
      missing: z.enum(missingPolicies),
      values: z.array(z.string()).exactOptional(),
      isDerived: z.boolean(),
    }),
  ),
  seed: count,
  settings: z.record(z.string(), z.unknown()),
  rows: z.object({ train: count, validation: count, test: count }),
  champion: z.object({ version: z.int().min(1), threshold: z.number().nullable() }).nullable(),
  limits: z.object({
    memoryBytesMax: count.nullable(),
    timeMsMax: count,
    filesBytesMax: count.nullable(),
  }),
});

/** A line of `progress.jsonl`; members that are not known are let go. */
export const externalProgressSchema = z.object({
  done: z.number().min(0),
  of: z.number().min(0),
  note: note.exactOptional(),
  metrics: recordOf(z.number(), metricsMax).exactOptional(),
});

/** `report.json`; members that are not known are let go. */
export const externalReportSchema = z.object({
  metrics: recordOf(z.number(), metricsMax).exactOptional(),
  importance: z
    .array(z.object({ feature: name, gain: z.number().min(0) }))
    .max(importanceMax)
    .exactOptional(),
  environment: recordOf(z.union([note, z.number(), z.boolean(), z.null()]), environmentMax).exactOptional(),
  note: note.exactOptional(),
});

/** @typecheck Fails to compile when a schema and its domain type drift apart. */
export const externalSchemasAreDomainTypes: [
  SameType<z.infer<typeof externalTaskSchema>, ExternalTask>,
  SameType<z.infer<typeof externalProgressSchema>, ExternalProgress>,
  SameType<z.infer<typeof externalReportSchema>, ExternalReport>,
] = [true, true, true];
