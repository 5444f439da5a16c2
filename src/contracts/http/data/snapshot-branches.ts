import { z } from 'zod';
import { snapshotTagPattern } from '../../../domain/record/tags/snapshot-tag.ts';
import { charsMax } from '../../../domain/words/limits.ts';
import { modelName } from '../../spec/spec-columns.ts';
import { strict } from '../../spec/strict.ts';

export const branchRequest = strict({
  /** The model whose snapshot it is. */
  origin: modelName,
  /** A tag of it or the beginning of a digest. Absent: its newest history. */
  from: z
    .union([z.string().regex(snapshotTagPattern), z.string().regex(/^[0-9a-f]{8,64}$/)], {
      error: 'must be a tag, or 8 to 64 lower-case hex digits of a digest',
    })
    .optional(),
  reason: z.string().trim().max(charsMax.words).optional(),
});

export const snapshotBranchView = z.object({
  /** Whose history begins there. */
  model: z.string(),
  origin: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  by: z.string(),
  reason: z.string(),
  at: z.string(),
});

/** At most 500 branches. */
export const snapshotBranchList = z.object({
  model: z.string(),
  /** What its own history begins with; null where that is its source. */
  begins: snapshotBranchView.nullable(),
  /** Models whose history begins with snapshots of it, by name, as far as the token covers them. */
  branches: z.array(snapshotBranchView),
});

export type SnapshotBranchView = z.infer<typeof snapshotBranchView>;
