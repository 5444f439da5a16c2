import { z } from 'zod';
import { cutsMax, groupingsMax } from '../../domain/spec/fairness/fairness-spec.ts';
import { columnName } from './spec-columns.ts';
import { strict } from './strict.ts';

export const fairnessSchema = strict({
  groups: z
    .array(
      z.union([columnName, strict({ feature: columnName, cuts: z.array(z.number()).min(1).max(cutsMax) })], {
        error: () => 'must be a column, or { feature, cuts }',
      }),
    )
    .min(1)
    .max(groupingsMax),
});
