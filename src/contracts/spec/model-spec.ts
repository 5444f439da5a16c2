import { z } from 'zod';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { specFormatVersion } from '../../domain/spec/upgrade-spec.ts';
import type { SameType } from './same-type.ts';
import {
  aboutSchema,
  columnName,
  contractSchema,
  derivedSchema,
  eventTimeSchema,
  featureSchema,
  modelName,
  targetSchema,
} from './spec-columns.ts';
import {
  fallbackSchema,
  gateSchema,
  retentionSchema,
  retrainSchema,
  rolloutSchema,
  sliceSchema,
  splitSchema,
  valueSchema,
  watchSchema,
} from './spec-plans.ts';
import { repairsSchema } from './spec-repairs.ts';
import { userStepsSchema } from './spec-user-steps.ts';
import { fairnessSchema } from './spec-fairness.ts';
import { outliersSchema } from './spec-outliers.ts';
import { leakageSchema } from './spec-leakage.ts';
import { sourceSchema } from './spec-source.ts';
import { trainerSchema } from './trainer/spec-trainer.ts';
import { derivedMax } from '../../domain/spec/columns/check-derived.ts';
import { strict } from './strict.ts';

const column = strict({ column: columnName });

/**
 * The whole of a model's declaration as JSON. What one member may be stands here; what two must agree on, in the
 * domain.
 */
export const modelSpecSchema = strict({
  formatVersion: z.literal(specFormatVersion),
  name: modelName,
  about: aboutSchema,
  entity: column.nullable(),
  eventTime: eventTimeSchema.nullable(),
  features: z.array(featureSchema).min(1).max(2_000),
  derived: z.array(derivedSchema).min(1).max(derivedMax).exactOptional(),
  target: targetSchema,
  repairs: repairsSchema.exactOptional(),
  contract: contractSchema,
  source: sourceSchema,
  trainer: trainerSchema,
  split: splitSchema,
  gates: z.array(gateSchema).max(50),
  slices: z.array(sliceSchema).max(20),
  fairness: fairnessSchema.exactOptional(),
  value: valueSchema.nullable(),
  rollout: rolloutSchema,
  watch: watchSchema,
  retrain: retrainSchema,
  retention: retentionSchema,
  fallback: fallbackSchema.nullable().exactOptional(),
  leakage: leakageSchema.exactOptional(),
  outliers: outliersSchema.exactOptional(),
  steps: userStepsSchema.exactOptional(),
});

/** @typecheck Fails to compile when schema and domain type drift apart. */
export const specSchemaIsDomainType: SameType<z.infer<typeof modelSpecSchema>, ModelSpec> = true;
