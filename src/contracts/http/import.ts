import { z } from 'zod';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { taskNames } from '../../domain/tasks/task-of.ts';
import { commandAnswer } from './answers.ts';
import type { SameType } from '../spec/same-type.ts';
import { columnName } from '../spec/spec-columns.ts';
import { seasonSchema } from '../spec/spec-plans.ts';
import { modelProcessMembers } from '../spec/trainer/spec-trainer.ts';
import { strict } from '../spec/strict.ts';
import { charsMax } from '../../domain/words/limits.ts';

/** Where a file is uploaded, by its digest; the one request whose body is bounded by its route. */
export const uploadPath = '/v1/artifacts';

const label = z.string().min(1).max(charsMax.classLabel);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be the digest that POST /v1/artifacts answered');

/** `signature.json`: what the file itself does not say. */
export const foreignSignatureSchema = strict({
  features: z
    .array(
      strict({
        name: columnName,
        kind: z.enum(['number', 'category', 'boolean']),
        values: z.array(z.string().max(charsMax.category)).min(1).max(20_000).exactOptional(),
      }),
    )
    .min(1)
    .max(2_000)
    .exactOptional(),
  input: z.enum(['matrix', 'columns']).exactOptional(),
  output: strict({
    task: z.enum(taskNames).exactOptional(),
    classes: z.array(label).min(2).max(1_000).exactOptional(),
    positive: label.exactOptional(),
    scores: z.enum(['probabilities', 'logits']).exactOptional(),
    name: z.string().min(1).max(256).exactOptional(),
    threshold: z.number().min(0).max(1).exactOptional(),
  }).exactOptional(),
  entity: columnName.exactOptional(),
  eventTime: columnName.exactOptional(),
  season: seasonSchema.exactOptional(),
});
/** @typecheck Fails to compile when schema and domain type drift apart. */
export const signatureSchemaIsDomainType: SameType<z.infer<typeof foreignSignatureSchema>, ForeignSignature> = true;

const words = z.string().trim().min(1).max(charsMax.words);

export const importRequest = strict({
  /** Digest of the uploaded model file. */
  artifact: digest,
  /** Digest of an uploaded CSV with a header: its rows become the reference that drift is measured against. */
  data: digest.optional(),
  /** Digest of uploaded rows with the maker's own answers (CSV, NDJSON or JSON): another answer refuses the import. */
  golden: digest.optional(),
  signature: foreignSignatureSchema.optional(),
  /** What the file was called; shown to people. */
  fileName: z.string().max(200).optional(),
  /** Where it is run and what it may take there: kept from the import before where nothing is said. */
  ...modelProcessMembers,
  owner: words.optional(),
  useCase: words.optional(),
  reason: words,
});

export const importAnswer = commandAnswer.extend({
  version: z.int(),
  revision: z.int(),
  /** False when this very file was imported before. */
  created: z.boolean(),
  /** What was inferred rather than declared, one line each. */
  inferred: z.array(z.string()),
  /** Whether its answers were held against those of its maker. */
  maker: z.string(),
});

export const artifactAnswer = z.object({ digest: z.string(), bytes: z.int() });

export type ImportRequest = z.infer<typeof importRequest>;
export type ImportAnswer = z.infer<typeof importAnswer>;
