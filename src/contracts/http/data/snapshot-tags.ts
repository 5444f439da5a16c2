import { z } from 'zod';
import { charsMax } from '../../../domain/words/limits.ts';
import { snapshotTagPattern, snapshotTagRule } from '../../../domain/record/tags/snapshot-tag.ts';
import { modelName } from '../../spec/spec-columns.ts';
import { strict } from '../../spec/strict.ts';
import { scopeSchema } from '../requests.ts';
import { digestStart } from './snapshots.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const tag = z.string().regex(snapshotTagPattern, snapshotTagRule);
const reason = z.string().trim().max(charsMax.words).optional();
/** Globs of one right of a publication. */
const globsMax = 20;
const globs = z.array(scopeSchema).max(globsMax);

export const snapshotTagParams = z.object({ name: modelName, tag });
export const tagRequest = strict({ digest: digestStart, reason });
export const publishRequest = strict({
  /** Globs over models: whoever may read one of them may read what is published. Absent: as it is, nobody at first. */
  readers: globs.optional(),
  /** Globs over models that may subscribe, and read. Absent: as it is, nobody at first. */
  subscribers: globs.optional(),
  reason,
});
export const subscribeRequest = strict({ publisher: modelName, tag, reason });

export const snapshotTagView = z.object({
  tag: z.string(),
  /** Null when the tag was taken away; its history stays. */
  digest: digest.nullable(),
  by: z.string(),
  reason: z.string(),
  at: z.string(),
  /** What was published last under it; null when nothing ever was. */
  published: z
    .object({
      edition: z.int(),
      digest,
      readers: z.array(z.string()),
      subscribers: z.array(z.string()),
      at: z.string(),
      /** While it is withdrawn nobody outside reads it, and it starts no training. */
      withdrawnAt: z.string().nullable(),
    })
    .nullable(),
});

export const subscriptionView = z.object({
  publisher: z.string(),
  tag: z.string(),
  /** Later editions are news. */
  throughEdition: z.int(),
  by: z.string(),
  since: z.string(),
});

/** At most 100 tags and 20 subscriptions. */
export const snapshotTagList = z.object({
  model: z.string(),
  tags: z.array(snapshotTagView),
  subscriptions: z.array(subscriptionView),
});

export const snapshotTagDetail = snapshotTagView.extend({
  model: z.string(),
  /** The latest 50, the latest first. */
  moves: z.array(z.object({ digest: digest.nullable(), by: z.string(), reason: z.string(), at: z.string() })),
  /** The latest 50, the latest first. */
  editions: z.array(z.object({ edition: z.int(), digest, by: z.string(), reason: z.string(), at: z.string() })),
  /** Models that subscribe, as far as the token covers them. */
  subscribers: z.array(z.string()),
});

export type SnapshotTagView = z.infer<typeof snapshotTagView>;
export type SnapshotTagDetail = z.infer<typeof snapshotTagDetail>;
export type SubscriptionView = z.infer<typeof subscriptionView>;
