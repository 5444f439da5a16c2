import { z } from 'zod';
import { roleSchema } from './requests.ts';
import { alertView, rolloutView, statusView } from './views.ts';

/** What a command answers: it was recorded; what comes of it is read from the status. */
export const commandAnswer = z.object({
  commandId: z.uuid(),
  model: z.string(),
  kind: z.enum(['apply', 'retrain', 'rollback', 'pause', 'resume', 'approve', 'abort']),
  text: z.string(),
  /** Address of the workflow in the Temporal Web UI, where one is known. */
  link: z.string().nullable(),
});

/** `before` and `after` are JSON text; null where the member is new or gone. */
export const specChange = z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() });

export const applyAnswer = commandAnswer.extend({
  revision: z.int(),
  digest: z.string(),
  created: z.boolean(),
  changes: z.array(specChange),
});

export const tokenView = z.object({
  tokenId: z.uuid(),
  name: z.string(),
  role: roleSchema,
  scope: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});

/** The secret is in this answer and nowhere else, ever again. */
export const tokenCreated = tokenView.extend({ secret: z.string() });

export const modelList = z.object({ models: z.array(statusView) });
export const tokenList = z.object({ tokens: z.array(tokenView) });
export const alertList = z.object({ alerts: z.array(alertView) });
export const rolloutList = z.object({ model: z.string(), rollouts: z.array(rolloutView) });
export const tokenRevoked = z.object({ tokenId: z.uuid(), revoked: z.literal(true) });

export type CommandAnswer = z.infer<typeof commandAnswer>;
export type SpecChangeView = z.infer<typeof specChange>;
export type ApplyAnswer = z.infer<typeof applyAnswer>;
export type TokenView = z.infer<typeof tokenView>;
export type TokenCreated = z.infer<typeof tokenCreated>;
