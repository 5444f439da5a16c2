import { createHash } from 'node:crypto';
import type { ReferenceReader } from '../../domain/contract/reference-keys.ts';
import type { RowCheck } from '../../domain/contract/check-row.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { parseBody, pushBody, rowsMax } from '../edge/bodies.ts';
import type { Call } from '../edge/call.ts';
import { refusedAt } from '../edge/refused-at.ts';
import { rowTextsOf } from '../edge/row-texts.ts';
import type { KeptAnswer } from '../ports.ts';
import { isKeptAnswer, type PushFile } from '../push/push-file.ts';
import type { Serving } from '../serving.ts';
import { brokenReferences } from '../views/ask-references.ts';

/** What a request to push rows brings, beside the name in its path. */
export interface RowsAsked {
  readonly idempotencyKey: string | undefined;
  /** The body, parsed and as it came. It is asked for only when the caller has been let in. */
  readonly readBody: () => Promise<{ readonly text: string; readonly value: unknown }>;
}

/** Whose rows they are: models and views have one namespace, and so have the keys of their requests. */
export interface RowsOwner {
  readonly name: string;
  readonly specRevision: number;
  readonly check: RowCheck;
  /** What its rules ask views; absent where none does. */
  readonly references?: ReferenceReader | null;
}

/** One row each, in the order of the request. */
type RowVerdict =
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'quarantined'; readonly rules: readonly string[] };

export interface RowsTaken {
  /** Of the definition whose contract was asked. */
  readonly specRevision: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly rows: readonly RowVerdict[];
}

/** How often a request is looked for that another process takes at the same moment. */
const attemptsMax = 3;

/**
 * Takes pushed rows in. Resolves when they are on disk. The same key with the same rows gets the same answer; with
 * others it is a `conflict`. Rejects with `rate_limited` while too much waits for the database, and with `unavailable`
 * while a view cannot be asked that a rule asks.
 */
export async function takeRows(serving: Serving, call: Call, owner: RowsOwner, asked: RowsAsked): Promise<RowsTaken> {
  const { name: model, specRevision, check } = owner;
  const keyHash = hashOf(`${model}\n${keyOf(asked.idempotencyKey)}`);
  const { pushes } = serving;
  if (pushes === undefined) throw new PerennialError('unsupported', 'This process takes no pushed rows.');
  const { text, value } = await asked.readBody();
  const { rows, lines } = readLines(text, value);
  const bodyDigest = hashOf(lines);
  const keptOf = { keyHash, bodyDigest, model };
  const before = await findKept(pushes, keptOf);
  if (before !== null) return takenOf(before);
  pushes.spool.assertRoom();
  const { references = null } = owner;
  const unknown =
    references === null ? [] : await brokenReferences(serving.views?.reader, references, rows, Date.now());
  const setAside = rows.flatMap((row, index): [number, readonly string[]][] => {
    const rules = [...check(row), ...(unknown[index] ?? [])];
    return rules.length === 0 ? [] : [[index, rules]];
  });
  const answer: KeptAnswer = { specRevision, rows: rows.length, setAside };
  const kept = await keep(pushes, { ...keptOf, answer, receivedAtMs: Date.now(), rows: rows.length, lines });
  serving.metrics?.pushed(model, rows.length - setAside.length, setAside.length);
  call.span?.set({ 'perennial.model': model, 'perennial.rows': rows.length });
  return takenOf(kept);
}

type Pushes = NonNullable<Serving['pushes']>;
type Kept = Pick<PushFile, 'keyHash' | 'bodyDigest' | 'model'>;

/** Somebody else may take the same key at the same moment, and have it stored before its file is looked at. */
async function keep(pushes: Pushes, request: PushFile): Promise<KeptAnswer> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    if (await pushes.spool.put(request)) return request.answer;
    // oxlint-disable-next-line no-await-in-loop -- as above
    const other = await findKept(pushes, request);
    if (other !== null) return other;
  }
  throw new PerennialError('unavailable', 'Another request with the same Idempotency-Key is being taken.', {
    path: 'Idempotency-Key',
  });
}

/** First what waits, then what is stored: what is stored in between is found there. */
async function findKept(pushes: Pushes, { keyHash, bodyDigest, model }: Kept): Promise<KeptAnswer | null> {
  const found = (await pushes.spool.find(keyHash)) ?? (await pushes.findStored(model, keyHash));
  if (found === null) return null;
  if (found.bodyDigest !== bodyDigest)
    throw new PerennialError('conflict', 'The Idempotency-Key was used before for other rows.', {
      path: 'Idempotency-Key',
      hint: 'Send a new Idempotency-Key with other rows, or the first rows again as they were.',
    });
  if (!isKeptAnswer(found.answer)) throw new PerennialError('internal', 'A stored answer cannot be read.');
  return found.answer;
}

function takenOf({ specRevision, rows, setAside }: KeptAnswer): RowsTaken {
  const verdicts = Array.from({ length: rows }, (): RowVerdict => ({ verdict: 'accepted' }));
  for (const [row, rules] of setAside) verdicts[row] = { verdict: 'quarantined', rules };
  return { specRevision, accepted: rows - setAside.length, quarantined: setAside.length, rows: verdicts };
}

function keyOf(given: string | undefined): string {
  if (given === undefined || given === '')
    throw refusedAt('Idempotency-Key', 'The request has no Idempotency-Key, without which rows sent again count twice');
  if (/^[\x21-\x7e]{1,200}$/.test(given)) return given;
  throw refusedAt('Idempotency-Key', 'The Idempotency-Key must be 1 to 200 printable ASCII characters without spaces');
}

type Row = Readonly<Record<string, unknown>>;

function readLines(text: string, value: unknown): { readonly rows: readonly Row[]; readonly lines: Buffer } {
  const { rows } = parseBody(pushBody, value);
  if (rows.length > rowsMax)
    throw new PerennialError('too_large', `rows has ${rows.length} rows; at most ${rowsMax} are taken at once.`, {
      path: 'rows',
    });
  const bad = rows.findIndex((row) => !isRow(row));
  if (bad !== -1) throw refusedAt(`rows[${bad}]`, `rows[${bad}] must be an object of column names and values`);
  return { rows: rows.filter(isRow), lines: Buffer.from(`${rowTextsOf(text).join('\n')}\n`) };
}

function isRow(row: unknown): row is Row {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
