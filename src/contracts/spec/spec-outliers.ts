import { z } from 'zod';
import { outlierActions } from '../../domain/spec/parts/outlier-spec.ts';
import { columnName } from './spec-columns.ts';
import { strict } from './strict.ts';

export const outliersSchema = z
  .array(
    strict({
      action: z.enum(outlierActions),
      quantiles: z.tuple([z.number().min(0).max(0.5), z.number().min(0.5).max(1)]),
      features: z.array(columnName).min(1).max(2_000).exactOptional(),
    }),
  )
  .min(1)
  .max(50);
