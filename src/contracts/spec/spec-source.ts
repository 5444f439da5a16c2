import { z } from 'zod';
import { dataFormats, trafficUses } from '../../domain/spec/closed-sets.ts';
import type { SourceKind } from '../../domain/spec/source-spec.ts';
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

/** One schema per kind: a kind that the domain knows and this list does not is refused by the compiler. */
const schemas = { file: fileSource } as const satisfies Record<SourceKind, z.ZodType>;

export const sourceSchema = z.discriminatedUnion('kind', [schemas.file], {
  // Only for a kind that is none: whatever else is wrong keeps the words of its own schema.
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `must be ${Object.keys(schemas)
          .map((kind) => JSON.stringify(kind))
          .join(' or ')}`
      : undefined,
});
