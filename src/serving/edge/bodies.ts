import { z } from 'zod';
import { describeIssues } from '../../contracts/spec/describe-issues.ts';
import { strict } from '../../contracts/spec/strict.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { charsMax, inferenceBodyBytesMax, labelsMax, rowsMax } from '../../domain/words/limits.ts';

/** How much one request may hold. */
export { labelsMax, rowsMax, inferenceBodyBytesMax as bodyBytesMax };

const id = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,128}$/, 'must be 1 to 128 characters of A-Z, a-z, 0-9, "_", ".", ":", "-"');

/** Rows are read by the model's own validator: only their number is checked here. */
export const predictBody = strict({
  rows: z.array(z.unknown()).min(1),
  predictionIds: z.array(id).max(rowsMax).optional(),
  /** Why each row is answered as it is; left out, nothing is computed. */
  explain: z
    .union([z.boolean(), strict({ top: z.int().min(1) })], 'must be true, false or { "top": a whole number from 1 }')
    .optional(),
});

/** Rows to learn from: what is wrong with one is an answer, and no refusal. */
export const pushBody = strict({ rows: z.array(z.unknown()).min(1) });

const labelItem = strict({
  labelId: id.optional(),
  predictionId: id.optional(),
  entity: z.union([z.string().min(1).max(charsMax.value), z.number()], 'must be text or a number').optional(),
  time: z.union([z.string().max(64), z.number()], 'must be a time (ISO 8601 text or epoch milliseconds)').optional(),
  label: z.union(
    [z.string().min(1).max(charsMax.value), z.number(), z.boolean()],
    'must be text, a number, true or false',
  ),
});
export type LabelItem = z.infer<typeof labelItem>;

export const labelsBody = strict({
  model: z.string().min(1).max(128),
  labels: z.array(labelItem).min(1).max(labelsMax),
});

const proxyItem = strict({
  name: z.string().min(1).max(64),
  predictionId: id,
  value: z.union([z.number(), z.boolean()], 'must be a number, true or false'),
});
export type ProxyItem = z.infer<typeof proxyItem>;

/** As many as labels. */
export const proxiesBody = strict({
  model: z.string().min(1).max(128),
  proxies: z.array(proxyItem).min(1).max(labelsMax),
});

const tensor = z.object({
  name: z.string().max(256),
  shape: z.array(z.int().min(0)).min(1).max(2),
  datatype: z.string().max(16),
  data: z.array(z.unknown()),
  parameters: z.record(z.string(), z.unknown()).optional(),
});
export type Tensor = z.infer<typeof tensor>;

/** Request of the Open Inference Protocol, REST. */
export const inferBody = z.object({
  id: z.string().max(256).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  inputs: z.array(tensor).min(1).max(4_096),
  outputs: z
    .array(z.object({ name: z.string().max(256), parameters: z.record(z.string(), z.unknown()).optional() }))
    .max(64)
    .optional(),
});
export type InferBody = z.infer<typeof inferBody>;

/** Throws `invalid_request` with one sentence that names each wrong path. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { text, first } = describeIssues(parsed.error);
  throw new PerennialError('invalid_request', text, first === '' ? {} : { path: first });
}
