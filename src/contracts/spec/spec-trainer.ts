import { z } from 'zod';
import { processKinds } from '../../domain/spec/closed-sets.ts';
import { modelProcessBounds } from '../../domain/spec/parts/model-process.ts';
import { trainerKinds, type TrainerKind } from '../../domain/spec/trainer-spec.ts';
import { ofNoKind, strict } from './strict.ts';

const count = z.int().min(1);
const l2 = z.number().min(0);

const anyTrained = {
  historyShares: z.array(z.number().gt(0).max(1)).min(1).max(8),
  refit: z.boolean(),
  seed: z.int().min(0).max(4_294_967_295),
  gpu: strict({
    tag: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits or "-"')
      .exactOptional(),
  }).exactOptional(),
};

const gbdt = strict({
  kind: z.literal('gbdt'),
  treesMax: count.max(10_000),
  leavesMax: z.int().min(2).max(1_024),
  learningRate: z.number().gt(0).max(1),
  rowsPerLeafMin: count.max(1e6),
  l2,
  earlyStoppingTrees: count.max(10_000),
  ...anyTrained,
});

const linear = strict({ kind: z.literal('linear'), l2, ...anyTrained });

const { memoryBytes, timeoutMs } = modelProcessBounds;

/** Where an imported model is run, as its definition and its import may say it. */
export const modelProcessMembers = {
  process: z.enum(processKinds).exactOptional(),
  memoryBytesMax: z.int().min(memoryBytes.min).max(memoryBytes.max).exactOptional(),
  timeoutMs: z.int().min(timeoutMs.min).max(timeoutMs.max).exactOptional(),
};

const imported = strict({ kind: z.literal('imported'), ...modelProcessMembers });

const ofKind = { gbdt, linear, imported } as const satisfies Record<TrainerKind, z.ZodObject>;

/** One shape per kind: a setting of another kind is refused by name. */
export const trainerSchema = z.discriminatedUnion('kind', [ofKind.gbdt, ofKind.linear, ofKind.imported], {
  error: ofNoKind(`must be one of ${trainerKinds.map((kind) => JSON.stringify(kind)).join(', ')}`),
});
