import { z } from 'zod';
import { commandAnswer, specChange } from '../answers.ts';
import { nextSchema } from '../page.ts';
import { sourceStanding } from './sources.ts';

export const applyViewAnswer = commandAnswer.extend({
  revision: z.int(),
  digest: z.string(),
  created: z.boolean(),
  changes: z.array(specChange),
});
export type ApplyViewAnswer = z.infer<typeof applyViewAnswer>;

/** A view as it stands now. */
export const featureViewRow = z.object({
  view: z.string(),
  revision: z.int(),
  digest: z.string(),
  owner: z.string(),
  entity: z.array(z.string()),
  features: z.array(z.string()),
  /** When this revision was applied. */
  appliedAt: z.string(),
  source: sourceStanding,
});
export type FeatureViewRow = z.infer<typeof featureViewRow>;

export const featureViewList = z.object({ views: z.array(featureViewRow), next: nextSchema });

export const featureViewDetail = featureViewRow.extend({
  spec: z.record(z.string(), z.unknown()),
  /** Newest first, at most 50. */
  revisions: z.array(z.object({ revision: z.int(), digest: z.string(), actor: z.string(), appliedAt: z.string() })),
  /** Of the current revision: null before it was read. */
  newestSnapshot: z
    .object({ digest: z.string(), createdAt: z.string(), rows: z.int(), quarantinedRows: z.int() })
    .nullable(),
  /** Models whose current definition takes features from the view, by name, at most 50, and from which revision. */
  models: z.array(z.object({ model: z.string(), digest: z.string() })),
});
export type FeatureViewDetail = z.infer<typeof featureViewDetail>;
