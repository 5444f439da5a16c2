import { roles } from '../../domain/record/closed-sets.ts';
import { z } from 'zod';
import { cursorSchema } from './page.ts';
import { modelName } from '../spec/spec-columns.ts';
import { strict } from '../spec/strict.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { tokenNamePattern, tokenNameRule } from '../../domain/words/token-name.ts';

/** Pages of history and lists: the most that one answer holds. */
export const limitMax = 200;

const reason = z.string().trim().max(charsMax.words);
const version = z.int().min(1).max(1e9);

export const applyRequest = strict({
  spec: z.record(z.string(), z.unknown()),
  reason: reason.optional(),
  /** True takes the newest revision of each view; otherwise the model stays with the revisions that it has. */
  moveViews: z.boolean().optional(),
});
export const applyViewRequest = strict({ spec: z.record(z.string(), z.unknown()), reason: reason.optional() });
export const retrainRequest = strict({
  reason: reason.optional(),
  /** False ends with the version: compared, not released. */
  rollout: z.boolean().optional(),
});
export const reasonRequest = strict({ reason: reason.optional() });
export const reproduceRequest = strict({ version, reason: reason.optional() });
export const rollbackRequest = strict({ toVersion: version.optional(), reason: reason.min(1) });

export const roleSchema = z.enum(roles);
export const scopeSchema = z
  .string()
  .max(127)
  .regex(
    /^[a-z0-9*][a-z0-9*_-]*(\.[a-z0-9*_-]+)?$/,
    'must be a model name in which "*" stands for any text, such as "*", "payments.*" or "fraud"',
  );

export const tokenRequest = strict({
  name: z.string().regex(tokenNamePattern, tokenNameRule),
  role: roleSchema,
  scope: scopeSchema,
  expiresInDays: z.number().gt(0).max(3_650).optional(),
});

export const modelParams = z.object({ name: modelName });
export const viewParams = z.object({ view: modelName });
const numberOf = (what: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, `must be the number of ${what}`)
    .transform(Number)
    .meta({ type: 'integer', minimum: 1, maximum: 999_999_999 });
const versionNumber = numberOf('a version');
export const versionParams = z.object({ name: modelName, version: versionNumber });
export const abTestParams = z.object({ name: modelName, number: numberOf('an A/B test') });
export const experimentParams = z.object({ name: modelName, number: numberOf('an experiment') });
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
const withoutControls = /^[^\u0000-\u001f\u007f]+$/;
export const runParams = z.object({
  id: z.string().min(1).max(256).regex(withoutControls, 'must be the id of a run'),
});
export const tokenParams = z.object({ id: z.uuid({ error: () => 'must be the id of a token (a UUID)' }) });

const instant = z.iso.datetime({ offset: true, error: () => 'must be an instant such as 2026-05-03T14:03:00Z' });
/** Digits alone: `1e1` and ` 7` are numbers for JavaScript and typing errors for everybody else. */
const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, `must be a whole number from 1 to ${limitMax}`)
  .transform(Number)
  .refine((value) => value <= limitMax, `must be at most ${limitMax}`)
  .default(50)
  .meta({ type: 'integer', minimum: 1, maximum: limitMax, default: 50, description: 'Most items in one answer.' });

const cursor = cursorSchema.optional();

/** Members of a list's query, for lists that take more than these. */
export const pageMembers = { limit, cursor };
export const pageQuery = strict(pageMembers);
/** Of short lists: one answer holds as much as it may unless less is asked for. */
export const shortListMembers = {
  limit: limit.unwrap().default(limitMax).meta({ type: 'integer', minimum: 1, maximum: limitMax, default: limitMax }),
  cursor,
};
export const shortListQuery = strict(shortListMembers);
export const historyQuery = strict({ ...pageMembers, before: instant.optional() });
export const championQuery = strict({ at: instant.optional() });
export const alertsQuery = strict({
  ...pageMembers,
  model: modelName.optional(),
  open: z.enum(['true', 'false']).optional(),
});

/** A client's own name for a request, so that it can be sent again without happening twice. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces');

/** An entity tag list, or `*`. */
const tags = z
  .string()
  .max(1_000)
  .regex(
    /^(\*|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)$/,
    'must be "*" or a list of entity tags in double quotes, as ETag gave them',
  );

/** Headers of every command: `If-Match` carries the ETag of the model that the caller decided on. */
export const idempotencyHeader = z.object({
  'idempotency-key': idempotencyKey.optional(),
  'if-match': tags.optional(),
});

/**
 * Headers of `apply`: `If-Match` carries the ETag of the definition; `If-None-Match: *` asks for a model that is new.
 */
export const applyHeader = idempotencyHeader.extend({
  'if-none-match': z.literal('*', { error: () => 'must be "*": apply only a model that does not exist' }).optional(),
});
