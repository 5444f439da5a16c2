import { z } from 'zod';
import { leakageActions } from '../../domain/spec/parts/leakage-spec.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { strict } from './strict.ts';

export const leakageSchema = strict({
  action: z.enum(leakageActions),
  suspectFrom: z.number().min(0.5).max(1),
  allow: z.array(z.string().min(1).max(charsMax.columnName)).max(2_001),
  reason: z.string().max(charsMax.words),
});
