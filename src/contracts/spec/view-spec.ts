import { z } from 'zod';
import { aggregates } from '../../domain/view/closed-sets.ts';
import { checkView } from '../../domain/view/check-view.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { asJson, misshapen, refuseProblems } from './definition-json.ts';
import type { SameType } from './same-type.ts';
import {
  columnName,
  contractSchema,
  entityColumnsMax,
  eventTimeSchema,
  modelName,
  timeReading,
  words,
} from './spec-columns.ts';
import { sourceSchema } from './spec-source.ts';
import { ofNoKind, strict } from './strict.ts';

const onMissing = z
  .union([z.number(), z.string().max(charsMax.category), z.boolean(), z.null()], {
    error: () => 'must be a number, text, true, false or null',
  })
  .exactOptional();

const named = { name: columnName, about: words.exactOptional(), onMissing };

/** The value of a column in the latest row. */
const latestSchema = z.discriminatedUnion(
  'kind',
  [
    strict({
      ...named,
      kind: z.literal('number'),
      min: z.number().exactOptional(),
      max: z.number().exactOptional(),
      integer: z.boolean().exactOptional(),
    }),
    strict({
      ...named,
      kind: z.literal('category'),
      values: z.array(z.string().max(charsMax.category)).min(1).max(20_000).exactOptional(),
    }),
    strict({ ...named, kind: z.literal('boolean') }),
    strict({ ...named, ...timeReading, kind: z.literal('time') }),
  ],
  { error: ofNoKind('must be one of "number", "category", "boolean", "time"') },
);

const windowSchema = strict({
  ...named,
  aggregate: z.enum(aggregates),
  kind: z.enum(['number', 'category', 'boolean', 'time']),
  column: columnName.nullable(),
  over: columnName.nullable(),
  windowMs: z.int().min(1),
});

export const viewFeaturesMax = 500;

/** The whole of a view's declaration as JSON. */
export const viewSpecSchema = strict({
  formatVersion: z.literal(1),
  name: modelName,
  owner: words,
  about: words.exactOptional(),
  entity: z.array(columnName).min(1).max(entityColumnsMax),
  eventTime: eventTimeSchema,
  availableTime: eventTimeSchema.nullable(),
  rowId: columnName.nullable(),
  features: z
    .array(z.union([windowSchema, latestSchema]))
    .min(1)
    .max(viewFeaturesMax),
  ttlMs: z.int().min(0).max(1e13).nullable(),
  keepMs: z.int().min(86_400_000).max(1e13).exactOptional(),
  contract: contractSchema,
  source: sourceSchema,
});

/** @typecheck Fails to compile when schema and domain type drift apart. */
export const viewSchemaIsDomainType: SameType<z.infer<typeof viewSpecSchema>, ViewSpec> = true;

/**
 * Reads a view's definition (an object or what JSON.parse gave). Throws `invalid_spec` with one sentence that names
 * each wrong path and what it must be.
 */
export function parseView(json: unknown): ViewSpec {
  const result = viewSpecSchema.safeParse(asJson(json, 'view'));
  if (!result.success) throw misshapen(result.error, 'view');
  refuseProblems(checkView(result.data), 'view');
  return result.data;
}
