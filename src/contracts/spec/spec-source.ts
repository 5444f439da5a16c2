import { z } from 'zod';
import { dataFormats, trafficUses } from '../../domain/spec/closed-sets.ts';
import type { SourceKind } from '../../domain/spec/source-spec.ts';
import { secretNamePattern, secretNameRule } from '../../domain/words/secret-name.ts';
import { strict } from './strict.ts';

const common = { traffic: z.enum(trafficUses).exactOptional() };

const fileSource = strict({
  kind: z.literal('file'),
  path: z
    .string()
    .min(1)
    .max(4_000)
    .refine((path) => !path.includes('\u0000'), 'must not contain a NUL character'),
  format: z.enum(dataFormats),
  rowsMax: z.int().min(1).exactOptional(),
  ...common,
});

const noNul = (text: string) => !text.includes('\u0000');
const select = z.string().min(1).max(20_000).refine(noNul, 'must not contain a NUL character');
/** An identifier of Postgres has at most 63 bytes. */
const column = z.string().min(1).max(63).refine(noNul, 'must not contain a NUL character');

const postgresSource = strict({
  kind: z.literal('postgres'),
  secret: z.string().regex(secretNamePattern, secretNameRule),
  query: select,
  cursor: strict({
    column,
    tieBreaker: column,
    overlapMs: z
      .int()
      .min(0)
      .max(7 * 86_400_000)
      .exactOptional(),
    overlapRows: z.int().min(0).max(50_000).exactOptional(),
    freshMs: z
      .int()
      .min(60_000)
      .max(366 * 86_400_000)
      .exactOptional(),
  })
    .refine(
      ({ overlapMs, overlapRows }) => overlapMs === undefined || overlapRows === undefined,
      'must not have both overlapMs and overlapRows',
    )
    .exactOptional(),
  version: select.exactOptional(),
  batchRows: z.int().min(1).max(1_000_000).exactOptional(),
  timeoutMs: z.int().min(1_000).max(3_600_000).exactOptional(),
  ...common,
}).refine(
  ({ cursor, version }) => cursor === undefined || version === undefined,
  'must not have both a cursor and a version',
);

/** One schema per kind: a kind that the domain knows and this list does not is refused by the compiler. */
const schemas = { file: fileSource, postgres: postgresSource } as const satisfies Record<SourceKind, z.ZodType>;

export const sourceSchema = z.discriminatedUnion('kind', [schemas.file, schemas.postgres], {
  // Only for a kind that is none: whatever else is wrong keeps the words of its own schema.
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `must be ${Object.keys(schemas)
          .map((kind) => JSON.stringify(kind))
          .join(' or ')}`
      : undefined,
});
