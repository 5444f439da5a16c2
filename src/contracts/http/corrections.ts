import { z } from 'zod';
import { charsMax } from '../../domain/words/limits.ts';
import { strict } from '../spec/strict.ts';
import { nextSchema } from './page.ts';
import { pageMembers, versionParams } from './requests.ts';

export const correctionsQuery = strict({ ...pageMembers, version: versionParams.shape.version.optional() });

const reason = z.string().trim().min(1).max(charsMax.words);

export const undoCorrectionRequest = strict({
  /** Its digest or the first 8 characters of it or more, or `identity`; absent: the one before. */
  to: z
    .string()
    .regex(/^(identity|[0-9a-f]{8,64})$/, 'must be "identity", or 8 to 64 characters of a digest of `correction list`')
    .optional(),
  /** Refused where another version is champion by now. */
  version: z.int().min(1).max(1e9).optional(),
  isDryRun: z.boolean().optional(),
  reason,
});

/** Mean loss saved by correcting, and what is proven of it. */
const gain = z.object({ estimate: z.number(), lower: z.number(), rows: z.int() });

export const correctionView = z.object({
  evidenceId: z.int(),
  at: z.string(),
  /** Null for a person's word. */
  window: z.int().nullable(),
  version: z.int(),
  /** `held` and `shadow` changed no answer: `judged` says what would have been done. */
  verdict: z.string(),
  judged: z.string(),
  digest: z.string().nullable(),
  before: z.string().nullable(),
  rows: z.int().nullable(),
  /** On rows outside of the fits by which they are judged. */
  gain: gain.nullable(),
  /** In shadow: what the corrections of their day would have gained on rows that came after their fit. */
  wouldHaveGained: gain.nullable(),
  by: z.string(),
  text: z.string(),
});
export type CorrectionView = z.infer<typeof correctionView>;

export const answeringCorrection = z.object({
  version: z.int(),
  as: z.enum(['champion', 'challenger']),
  digest: z.string(),
  isHeld: z.boolean(),
});
export type AnsweringCorrection = z.infer<typeof answeringCorrection>;

export const correctionList = z.object({
  model: z.string(),
  answering: z.array(answeringCorrection),
  corrections: z.array(correctionView),
  next: nextSchema,
});
