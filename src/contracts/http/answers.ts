import { z } from 'zod';
import { disks } from '../../domain/record/disk-full.ts';
import { commandKinds } from '../../domain/record/messages.ts';
import { nextSchema } from './page.ts';
import { roleSchema } from './requests.ts';
import { alertView, rolloutView, statusView, versionView } from './views.ts';

/** What a command answers: it was recorded; what comes of it is read from the status. */
export const commandAnswer = z.object({
  commandId: z.uuid(),
  model: z.string(),
  kind: z.enum(commandKinds),
  text: z.string(),
  /** Address of the workflow in the Temporal Web UI, where one is known. */
  link: z.string().nullable(),
});

/** Of a version that is fitted again: which run says what comes of it. */
export const reproduceAnswer = commandAnswer.extend({ runId: z.string() });

/** `before` and `after` are JSON text; null where the member is new or gone. */
export const specChange = z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() });

/** Which revision of a view a model takes its features from; `newestRevision` is larger when the view has moved on. */
export const pinnedView = z.object({
  view: z.string(),
  revision: z.int(),
  digest: z.string(),
  newestRevision: z.int(),
});
export type PinnedView = z.infer<typeof pinnedView>;

export const applyAnswer = commandAnswer.extend({
  revision: z.int(),
  digest: z.string(),
  created: z.boolean(),
  changes: z.array(specChange),
  /**
   * How long a rollout under this definition takes at the traffic of the last windows and what it sees by then, or why
   * it would not begin; null without traffic, absent in answers of earlier releases.
   */
  forecast: z.string().nullish(),
  /** The revision of each view that the model's features come from, and the newest one; absent without views. */
  views: z.array(pinnedView).nullish(),
});

export const tokenView = z.object({
  tokenId: z.uuid(),
  name: z.string(),
  role: roleSchema,
  scope: z.string(),
  /** Name of the token that made it. */
  createdBy: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  /** To the minute; null when it was never used. */
  lastUsedAt: z.string().nullable(),
  /** The token that it was rotated into. */
  rotatedInto: z.uuid().nullable(),
});

/** The secret is in this answer and nowhere else, ever again. */
export const tokenCreated = tokenView.extend({ secret: z.string() });

export const modelList = z.object({ models: z.array(statusView), next: nextSchema });
/** How full each disk is, and when it is full at the rate of the last month; null while that is not known. */
export const storageAnswer = z.object({
  disks: z.array(
    z.object({
      disk: z.enum(disks),
      usedBytes: z.number(),
      freeBytes: z.number().nullable(),
      bytesPerDay: z.number().nullable(),
      fullAt: z.string().nullable(),
      text: z.string(),
    }),
  ),
  /** How far the reading of all files again has come; null before it began. */
  scrub: z
    .object({
      startedAt: z.string(),
      files: z.number(),
      bytes: z.number(),
      /** The last full round; null before the first has ended. */
      last: z
        .object({
          startedAt: z.string(),
          finishedAt: z.string(),
          files: z.number(),
          bytes: z.number(),
          damaged: z.number(),
        })
        .nullable(),
      text: z.string(),
    })
    .nullable(),
});
export type StorageAnswer = z.infer<typeof storageAnswer>;
export const tokenList = z.object({ tokens: z.array(tokenView), next: nextSchema });
export const alertList = z.object({ alerts: z.array(alertView), next: nextSchema });
export const rolloutList = z.object({ model: z.string(), rollouts: z.array(rolloutView), next: nextSchema });
export const versionList = z.object({ model: z.string(), versions: z.array(versionView), next: nextSchema });
export const specView = z.object({
  model: z.string(),
  revision: z.int(),
  digest: z.string(),
  spec: z.record(z.string(), z.unknown()),
});
export const tokenRevoked = z.object({ tokenId: z.uuid(), revoked: z.literal(true) });

export type CommandAnswer = z.infer<typeof commandAnswer>;
export type ApplyAnswer = z.infer<typeof applyAnswer>;
export type TokenView = z.infer<typeof tokenView>;
export type TokenCreated = z.infer<typeof tokenCreated>;
