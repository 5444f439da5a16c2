import { z } from 'zod';
import { readAvroSchema } from '../../domain/spec/avro/avro-schema.ts';
import {
  dataFormats,
  rewriteActions,
  saslMechanisms,
  textEncodings,
  tlsUses,
  trafficUses,
} from '../../domain/spec/closed-sets.ts';
import { resolveAvro } from '../../domain/spec/avro/resolve-avro.ts';
import type { AvroFormat, MemberSource, SourceKind } from '../../domain/spec/source-spec.ts';
import type { Json } from '../../domain/words/canonical.ts';
import { secretNamePattern, secretNameRule } from '../../domain/words/secret-name.ts';
import { ofNoKind, strict } from './strict.ts';

const freshMs = z
  .int()
  .min(60_000)
  .max(366 * 86_400_000)
  .exactOptional();
const common = { traffic: z.enum(trafficUses).exactOptional(), freshMs };

const pathText = z
  .string()
  .min(1)
  .max(4_000)
  .refine((path) => !path.includes('\u0000'), 'must not contain a NUL character');

const fileSource = strict({
  kind: z.literal('file'),
  path: pathText,
  format: z.enum(dataFormats),
  rowsMax: z.int().min(1).exactOptional(),
  encoding: z.enum(textEncodings).exactOptional(),
  ...common,
});

const noNul = (text: string) => !text.includes('\u0000');
const select = z.string().min(1).max(20_000).refine(noNul, 'must not contain a NUL character');
/** An identifier of Postgres has at most 63 bytes. */
const column = z.string().min(1).max(63).refine(noNul, 'must not contain a NUL character');

const secretText = z.string().regex(secretNamePattern, secretNameRule);

const postgresSource = strict({
  kind: z.literal('postgres'),
  secret: secretText,
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
    freshMs,
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

const ofObjects = {
  format: z.enum(dataFormats),
  pattern: z.string().min(1).max(200).exactOptional(),
  onRewrite: z.enum(rewriteActions).exactOptional(),
  ...common,
};

const folderSource = strict({
  kind: z.literal('folder'),
  path: pathText,
  settleMs: z.int().min(0).max(86_400_000).exactOptional(),
  ...ofObjects,
});

const s3Source = strict({
  kind: z.literal('s3'),
  url: z
    .string()
    .max(1_200)
    .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^\r\n]*)?$/, 'must be s3://bucket or s3://bucket/prefix/')
    .refine((url) => !url.includes('\u0000'), 'must not contain a NUL character'),
  endpoint: z
    .string()
    .max(300)
    .regex(/^https?:\/\/[^\s/?#@]+\/?$/, 'must be http(s)://host:port, without a path or a user')
    .exactOptional(),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be the name of a region, such as eu-central-1')
    .exactOptional(),
  credentials: strict({
    accessKeyId: secretText,
    secretAccessKey: secretText,
    sessionToken: secretText.exactOptional(),
  }).exactOptional(),
  ...ofObjects,
});

const pushSource = strict({
  kind: z.literal('push'),
  batchRows: z.int().min(1).max(1_000_000).exactOptional(),
  ...common,
});

const avroSchema = z.record(z.string(), z.json()).superRefine((schema, context) => {
  const found = readAvroSchema(schema as Json);
  if ('problem' in found) context.addIssue({ code: 'custom', path: [...found.path], message: found.problem });
});

/** Each must be one whose messages can become rows of the declared schema. */
function refuseWriters(
  {
    avro,
    framing,
    writers,
  }: Omit<AvroFormat, 'framing' | 'writers'> & {
    readonly framing?: AvroFormat['framing'] | undefined;
    readonly writers?: AvroFormat['writers'] | undefined;
  },
  context: z.RefinementCtx,
): void {
  if (writers === undefined) return;
  const refuse = (message: string, ...path: readonly string[]) =>
    context.addIssue({ code: 'custom', path: ['writers', ...path], message });
  if (framing === 'none') refuse('must not stand beside framing "none": ids stand in the head of a registry');
  const count = Object.keys(writers).length;
  if (count < 1 || count > writersMax) refuse(`must name 1 to ${writersMax} schemas`);
  const reader = readAvroSchema(avro);
  if ('problem' in reader) return;
  for (const [id, schema] of Object.entries(writers)) {
    if (!/^[1-9]\d{0,9}$/.test(id)) refuse('must be the id of a schema in a registry, a whole number from 1 on', id);
    const writer = readAvroSchema(schema);
    const found = 'problem' in writer ? null : resolveAvro(writer, reader);
    if (found !== null && 'problem' in found) refuse(`cannot be read as \`avro\`: ${found.problem}`, id);
  }
}

const writersMax = 100;

/** A name of its own, so that it may be told from what a topic holds. */
const addedColumn = column.refine((name) => name !== '_kafka', 'must not be _kafka, which says where a row came from');

const kafkaSource = strict({
  kind: z.literal('kafka'),
  brokers: z
    .array(
      z
        .string()
        .max(300)
        .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]+):[1-9][0-9]{0,4}$/, 'must be host:port'),
    )
    .min(1)
    .max(20),
  topic: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'must be the name of a topic: letters, digits, dots, dashes and underscores')
    .refine((name) => name !== '.' && name !== '..', 'must be the name of a topic'),
  format: z.union([
    z.literal('json', 'must be "json" or { avro: … } with a schema'),
    strict({
      avro: avroSchema,
      framing: z.enum(['registry', 'none']).exactOptional(),
      writers: z.record(z.string(), avroSchema).exactOptional(),
    }).superRefine(refuseWriters),
  ]),
  startAt: z
    .union([z.literal('earliest'), z.iso.datetime({ offset: true })], 'must be "earliest" or a time with its zone')
    .exactOptional(),
  keyColumn: addedColumn.exactOptional(),
  timeColumn: addedColumn.exactOptional(),
  tls: z.enum(tlsUses).exactOptional(),
  ca: z.union([secretText, strict({ path: pathText })]).exactOptional(),
  clientCertificate: strict({ certificate: secretText, key: secretText }).exactOptional(),
  credentials: strict({
    username: secretText,
    password: secretText,
    mechanism: z.enum(saslMechanisms).exactOptional(),
  }).exactOptional(),
  group: z.string().min(1).max(200).refine(noNul, 'must not contain a NUL character').exactOptional(),
  batchRows: z.int().min(1).max(1_000_000).exactOptional(),
  ...common,
}).superRefine(({ format, keyColumn, timeColumn, tls, ca, clientCertificate }, context) => {
  for (const [member, value] of Object.entries({ ca, clientCertificate }))
    if (value !== undefined && tls === 'none')
      context.addIssue({
        code: 'custom',
        path: [member],
        message: 'must not stand beside tls "none", which checks nothing',
      });
  const held = format === 'json' ? [] : fieldNames(format.avro as Json);
  for (const [member, name] of Object.entries({ keyColumn, timeColumn }))
    if (name !== undefined && (held.includes(name) || (member === 'timeColumn' && name === keyColumn)))
      context.addIssue({ code: 'custom', path: [member], message: 'must not be the name of another column' });
  if (held.includes('_kafka'))
    context.addIssue({ code: 'custom', path: ['format', 'avro'], message: 'must not have a field _kafka' });
});

function fieldNames(schema: Json): readonly string[] {
  const found = readAvroSchema(schema);
  return 'problem' in found ? [] : found.fields.map(({ name }) => name);
}

const memberKinds = [
  'file',
  'folder',
  's3',
  'postgres',
  'push',
  'kafka',
] as const satisfies readonly MemberSource['kind'][];

const memberSource = z.discriminatedUnion(
  'kind',
  [fileSource, folderSource, s3Source, postgresSource, pushSource, kafkaSource],
  {
    error: ofOtherKind(memberKinds),
  },
);

/** The name of a member stands in cursors, in manifests and before the names of its batches. */
const memberName = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9_-]{0,31}$/, 'must be 1 to 32 letters, digits, "_" or "-" and begin with a small letter');

const unionSource = strict({
  kind: z.literal('union'),
  members: z.record(memberName, memberSource),
  ...common,
});

/** One schema per kind: a kind that the domain knows and this list does not is refused by the compiler. */
const schemas = {
  file: fileSource,
  folder: folderSource,
  s3: s3Source,
  postgres: postgresSource,
  push: pushSource,
  kafka: kafkaSource,
  union: unionSource,
} as const satisfies Record<SourceKind, z.ZodType>;

export const sourceSchema = z.discriminatedUnion(
  'kind',
  [schemas.file, schemas.folder, schemas.s3, schemas.postgres, schemas.push, schemas.kafka, schemas.union],
  { error: ofOtherKind(Object.keys(schemas)) },
);

function ofOtherKind(kinds: readonly string[]) {
  return ofNoKind(`must be ${kinds.map((kind) => JSON.stringify(kind)).join(' or ')}`);
}
