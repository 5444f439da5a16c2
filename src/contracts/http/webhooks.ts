import { z } from 'zod';
import { nextSchema } from './page.ts';
import { placeSchema, typeNames } from './events.ts';
import { scopeSchema } from './requests.ts';
import { strict } from '../spec/strict.ts';
import { charsMax } from '../../domain/words/limits.ts';

export const webhookRequest = strict({
  url: z.string().max(charsMax.url),
  /** Models whose events are sent; default all. */
  models: scopeSchema.optional(),
  types: typeNames.optional(),
  /** The first event to send, by its place in the feed; default `now`, which sends what happens from here on. */
  from: placeSchema.optional(),
});

export const webhookParams = z.object({ id: z.uuid({ error: () => 'must be the id of a webhook (a UUID)' }) });
export const replayRequest = strict({ from: placeSchema });

export const webhookView = z.object({
  webhookId: z.uuid(),
  url: z.string(),
  models: z.string(),
  types: z.array(z.string()),
  /** Place of the last event that was taken or did not concern it. */
  cursor: z.int(),
  /** How far it is behind the end of the feed, in places. */
  behind: z.int(),
  /** Deliveries in a row that were not taken. */
  attempts: z.int(),
  lastError: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
  lastDeliveredAt: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** What keeps anything from being sent; null when nothing does. */
  note: z.string().nullable(),
});

/** The secret is shown in this one answer and in no other. */
export const webhookAdded = webhookView.extend({ secret: z.string() });

const overlapMinutes = z.int().min(0).max(43_200).optional();
export const rotateRequest = strict({ overlapMinutes });
export const rotateAlertRequest = strict({ url: z.string().max(charsMax.url), overlapMinutes });
export const webhookRotated = z.object({
  receiver: z.string(),
  secret: z.string(),
  /** Until then the secret before is valid too, and both sign; null when there was none. */
  previousUntil: z.string().nullable(),
});

export const webhookList = z.object({ webhooks: z.array(webhookView), next: nextSchema });
export const webhookRemoved = z.object({ webhookId: z.uuid(), removed: z.literal(true) });
export const webhookTested = z.object({
  webhookId: z.uuid(),
  eventId: z.uuid(),
  delivered: z.boolean(),
  error: z.string().nullable(),
  tookMs: z.number(),
});

export type WebhookView = z.infer<typeof webhookView>;
export type WebhookAdded = z.infer<typeof webhookAdded>;
export type WebhookRotated = z.infer<typeof webhookRotated>;
export type WebhookTested = z.infer<typeof webhookTested>;
