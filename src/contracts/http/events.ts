import { z } from 'zod';
import type { CloudEvent } from '../../domain/record/cloud-event.ts';
import { scopeSchema } from './requests.ts';
import type { SameType } from '../spec/same-type.ts';
import { strict } from '../spec/strict.ts';

/** Most events of one answer, and of one delivery. */
export const eventsMax = 100;
/** Longest that an answer waits for an event, seconds. */
export const waitSecondsMax = 30;

const whole = (max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from 0 to ${max}`)
    .transform(Number)
    .refine((value) => value <= max, `must be at most ${max}`)
    .default(fallback)
    .meta({ type: 'integer', minimum: 0, maximum: max, default: fallback });

const typeName = z
  .string()
  .regex(/^[a-z][a-z.-]{0,99}$/, 'must be an event type or its beginning, such as "perennial.rollout"');
export const typeNames = z.array(typeName).max(50);

/** A place in the feed, or `now` for its end. */
export const placeSchema = z.union([z.literal('now'), z.int().min(0).max(999_999_999_999_999)]);

export const eventsQuery = strict({
  after: z
    .string()
    .regex(/^(now|\d{1,15})$/, 'must be a place in the feed (a whole number), or "now"')
    .default('0')
    .meta({ description: 'Events after this place; "now" begins at the end of the feed.' }),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `must be a whole number from 1 to ${eventsMax}`)
    .transform(Number)
    .refine((value) => value <= eventsMax, `must be at most ${eventsMax}`)
    .default(eventsMax)
    .meta({ type: 'integer', minimum: 1, maximum: eventsMax, default: eventsMax }),
  types: z
    .string()
    .max(2_000)
    .transform((text) => text.split(',').map((type) => type.trim()))
    .pipe(typeNames)
    .optional()
    .meta({ type: 'string', description: 'Event types or their beginnings, separated by commas.' }),
  model: scopeSchema.optional(),
  wait: whole(waitSecondsMax, 0),
});

export const cloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  perennialseq: z.int(),
  data: z.object({
    model: z.string().nullable(),
    actor: z.string(),
    reason: z.string(),
    runId: z.string().nullable(),
    evidenceId: z.int().nullable(),
    detail: z.record(z.string(), z.unknown()),
  }),
});

/** `next` is the `after` of the next request, whether or not there were events. */
export const eventsAnswer = z.object({ events: z.array(cloudEvent), next: z.int() });

/** @typecheck Fails to compile when schema and domain type drift apart. */
export const cloudEventSchemaIsDomainType: SameType<z.infer<typeof cloudEvent>, CloudEvent> = true;
