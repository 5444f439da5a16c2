import { z } from 'zod';
import {
  erasurePlaces,
  erasureScopes,
  erasureStatuses,
  type ErasurePlace,
} from '../../domain/record/erasure/erasure.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { modelName } from '../spec/spec-columns.ts';
import { strict } from '../spec/strict.ts';
import { commandAnswer } from './answers.ts';
import { nextSchema } from './page.ts';

const places = Object.keys(erasurePlaces) as [ErasurePlace, ...ErasurePlace[]];

/** Longest name of an entity: as long as a cell of a key may be. */
const entityCharsMax = 1_000;
const reason = z.string().trim().min(1).max(charsMax.words);
/** As requests and sources write it. Blanks alone would be every row whose key is empty. */
const entity = z
  .string()
  .min(1)
  .max(entityCharsMax)
  // oxlint-disable-next-line no-control-regex -- exactly the character that Postgres refuses
  .regex(/^[^\u0000]+$/, 'must not contain NUL')
  .refine((text) => text.trim() !== '', 'must not be blank');

export const eraseRequest = strict({
  entity,
  /** Just one of `model`, `view` and `all`. */
  model: modelName.optional(),
  view: modelName.optional(),
  all: z.literal(true).optional(),
  /** Only this key column of views; any of them otherwise. */
  column: z.string().min(1).max(200).optional(),
  /** Counts what would go, and changes nothing. */
  isDryRun: z.boolean().optional(),
  reason,
});
export const liftRequest = strict({ reason });
export const erasureParams = z.object({ id: z.uuid() });
export const eraseAnswer = commandAnswer.extend({ erasureId: z.string() });

/** What came of a source since an erasure was lifted. */
const liftedSource = z.object({
  of: z.enum(['model', 'view']),
  /** The model or view. */
  owner: z.string(),
  source: z.string(),
  /** Whether the next training reads again what it gave before; otherwise only what it gives from now on counts. */
  isReadAgain: z.boolean(),
  text: z.string(),
});
export const liftAnswer = commandAnswer.extend({
  sources: z.array(liftedSource).max(200),
  /** There are more, of which nothing is said here. */
  isMore: z.boolean(),
});
export type LiftAnswer = z.infer<typeof liftAnswer>;
export type LiftedSource = z.infer<typeof liftedSource>;

export const erasureView = z.object({
  erasureId: z.string(),
  scope: z.enum(erasureScopes),
  /** Model or view; `*` for all of both. */
  name: z.string(),
  column: z.string().nullable(),
  /** Of the entity, under the installation key: the same for the same entity. */
  entity: z.string(),
  isDryRun: z.boolean(),
  status: z.enum(erasureStatuses),
  by: z.string(),
  reason: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Since then readings of sources take in rows of the entity again. */
  liftedAt: z.string().nullable(),
  counts: z.array(
    z.object({ owner: z.string(), place: z.enum(places), about: z.string(), rows: z.int(), files: z.int() }),
  ),
  /** Versions that learnt from what is gone, each with the line that trains a new one. */
  trainedOn: z.array(z.object({ model: z.string(), version: z.int(), isChampion: z.boolean(), retrain: z.string() })),
  /** Back-ups in which the rows still stand. */
  backups: z.array(
    z.object({ place: z.string(), name: z.string(), takenAt: z.string(), endsAt: z.string().nullable() }),
  ),
  notReached: z.array(z.string()),
});
export const erasureList = z.object({ erasures: z.array(erasureView), next: nextSchema });
/** Of a page: when it began, and which it is. */
export const erasureKey = z.tuple([z.iso.datetime(), z.uuid()]);

export type ErasureView = z.infer<typeof erasureView>;
/** What somebody asks to be erased. */
export interface ErasureAsked {
  readonly scope: (typeof erasureScopes)[number];
  /** Of the model or view; empty for all. */
  readonly name: string;
  readonly entity: string;
  readonly column?: string | undefined;
  readonly isDryRun: boolean;
  readonly reason: string;
}
