import { z } from 'zod';
import { auditTypes, type AuditType } from '../../domain/record/audit-types.ts';
import { strict } from '../spec/strict.ts';
import { tokenCreated } from './answers.ts';

const types = Object.keys(auditTypes).filter((type): type is AuditType => type in auditTypes);

/** One row of the audit. */
export const auditView = z.object({
  seq: z.int(),
  eventId: z.uuid(),
  at: z.string(),
  type: z.string(),
  model: z.string().nullable(),
  subject: z.string(),
  actor: z.string(),
  tokenId: z.string().nullable(),
  reason: z.string(),
  /** The run that did it, with its page in the Temporal Web UI. */
  runId: z.string().nullable(),
  runLink: z.string().nullable(),
  evidenceId: z.int().nullable(),
  data: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

export const auditList = z.object({
  rows: z.array(auditView),
  /** For `before`: the next older page; null at the beginning of the record. */
  next: z.int().nullable(),
});

const seqText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the place of a row (a positive whole number)')
  .transform(Number);

export const auditQuery = z.object({
  model: z.string().min(1).max(128).optional(),
  type: z.enum(types, { error: () => `must be one of ${types.join(', ')}` }).optional(),
  before: seqText.optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 500')
    .transform(Number)
    .refine((value) => value <= 500, 'must be at most 500')
    .default(50),
});

const place = z.string().regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be SEQ:HASH as an earlier check printed it');

export const verifyQuery = z.object({ after: place.optional(), expect: place.optional() });

export const auditVerified = z.object({
  /** False when a row is wrong, missing or too much. */
  intact: z.boolean(),
  /** Rows looked at by this call. */
  checked: z.int(),
  wrong: z.object({ seq: z.int(), why: z.string() }).nullable(),
  /** The last row that was found right, as SEQ:HASH: note it elsewhere, and a later check can tell a cut tail. */
  head: z.string(),
  /** Ask again with `after=head` for the rest; the time of one call is bounded. */
  isComplete: z.boolean(),
});

export const rotateRequest = strict({
  graceMinutes: z
    .number()
    .min(0)
    .max(7 * 24 * 60)
    .optional(),
});
export const tokenRotated = tokenCreated.extend({ replaces: z.uuid(), graceMinutes: z.number() });
export const revokeQuery = z.object({ force: z.enum(['true', 'false']).optional() });
export const signInLinkView = z.object({ url: z.string(), expiresAt: z.string() });

export type AuditView = z.infer<typeof auditView>;
export type AuditVerified = z.infer<typeof auditVerified>;
export type TokenRotated = z.infer<typeof tokenRotated>;
