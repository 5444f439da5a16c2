import { z } from 'zod';
import { modelName } from './spec-columns.ts';
import { strict } from './strict.ts';

/** Pages of history and lists: the most that one answer holds. */
export const limitMax = 200;

const reason = z.string().trim().max(2_000);
const version = z.int().min(1).max(1e9);

export const applyRequest = strict({ spec: z.record(z.string(), z.unknown()), reason: reason.optional() });
export const retrainRequest = strict({
  reason: reason.optional(),
  /** False ends with the version: compared, not released. */
  rollout: z.boolean().optional(),
});
export const reasonRequest = strict({ reason: reason.optional() });
export const rollbackRequest = strict({ toVersion: version.optional(), reason: reason.min(1) });

export const roleSchema = z.enum(['viewer', 'predictor', 'operator', 'admin']);
export const scopeSchema = z
  .string()
  .max(127)
  .regex(/^[a-z0-9*][a-z0-9*_-]*(\.[a-z0-9*_-]+)?$/, 'must be a model name in which "*" stands for any text, such as "*", "payments.*" or "fraud"');

export const tokenRequest = strict({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.@-]{0,63}$/, 'must be 1 to 64 letters, digits, spaces, ".", "_", "@" or "-"'),
  role: roleSchema,
  scope: scopeSchema,
  expiresInDays: z.number().gt(0).max(3_650).optional(),
});

export const modelParams = z.object({ name: modelName });
export const versionParams = z.object({ name: modelName, version: z.coerce.number().int().min(1).max(1e9) });
export const runParams = z.object({ id: z.string().min(1).max(256) });
export const tokenParams = z.object({ id: z.uuid({ error: () => 'must be the id of a token (a UUID)' }) });

const instant = z.iso.datetime({ offset: true, error: () => 'must be an instant such as 2026-05-03T14:03:00Z' });
const limit = z.coerce.number().int().min(1).max(limitMax).default(50);

export const historyQuery = strict({ limit, before: instant.optional() });
export const championQuery = strict({ at: instant.optional() });
export const limitQuery = strict({ limit });
export const alertsQuery = strict({ limit, model: modelName.optional(), open: z.enum(['true', 'false']).optional() });

/** A client's own name for a command, so that it can be sent again without happening twice. */
export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
    .optional(),
});
