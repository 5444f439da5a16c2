import { z } from 'zod';
import { leakageKinds } from '../../domain/training/leakage/suspicion.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { strict } from '../spec/strict.ts';

/** `feature:kind`, as a training that waits for a person names it. */
export const allowanceRequest = strict({
  suspicion: z.string().trim().min(1).max(charsMax.words),
  reason: z.string().trim().max(charsMax.words),
});

export const allowanceView = z.object({
  suspicion: z.string(),
  feature: z.string(),
  kind: z.enum(leakageKinds),
  by: z.string(),
  reason: z.string(),
  since: z.string(),
});
/** At most 200. */
export const allowanceList = z.object({ model: z.string(), allowances: z.array(allowanceView) });
export type AllowanceView = z.infer<typeof allowanceView>;
