import { z } from 'zod';
import { lineageDirections, lineageKinds } from '../../../domain/record/lineage/lineage.ts';
import { strict } from '../../spec/strict.ts';

export const lineageQuery = strict({
  of: z
    .string()
    .min(1)
    .max(400)
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
    .regex(/^[^\u0000-\u001f\u007f]+$/, 'must be the name of one thing, such as v3, w12 or snapshot:4be1c7d0'),
  direction: z.enum(lineageDirections).default('both'),
});

const name = { kind: z.enum(lineageKinds), key: z.string() };

export const lineageView = z.object({
  model: z.string(),
  /** Of a feature view, whose name `model` is then: keys of what is of a model begin with its name (`fraud/3`). */
  isOfView: z.boolean(),
  of: z.object(name),
  nodes: z.array(
    z.object({
      ...name,
      text: z.string(),
      at: z.string().nullable(),
      /** Steps from what was asked about. */
      distance: z.int(),
    }),
  ),
  /** `to` came of `from`. */
  edges: z.array(z.object({ from: z.object(name), to: z.object(name) })),
  /** True where there is more than one answer holds (300 things, 12 steps). */
  isCut: z.boolean(),
});

export type LineageView = z.infer<typeof lineageView>;
