import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestOfJson } from '../../artifacts/digest.ts';
import type { PushSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayCount, sayMany } from '../../domain/words/say.ts';
import type { Cursor, Source, SourceBatch, SourceDriver, SourceLag, SourcePlace } from '../port.ts';
import { rowsBehind } from './rows-behind.ts';
import type { PushedHead, PushedRows } from './pushed-rows.ts';

const batchRowsUsual = 100_000;
/** Of one batch, whatever its rows: it lies on the disk of the worker, and is checked as a whole. */
const batchBytesMax = 256 * 1_048_576;

/** Rows that were pushed over HTTP: the cursor is the place of the last row that was read. */
export const pushDriver: SourceDriver<PushSource> = {
  describe: () => 'rows pushed over HTTP',

  declare({ kind, ...options }) {
    return { word: kind, args: Object.keys(options).length === 0 ? [] : [options] };
  },

  sayCursor: (_, cursor) => `row ${sayCount(placeOf(cursor))}`,

  caveats: () => [
    'Rows are pushed to POST /v1/models/{name}/rows (of a view: /v1/views/{name}/rows) of the inference port, with ' +
      'the right rows:write.',
    'What was pushed is kept for good: a changed definition reads it again from the first row.',
  ],

  connect: (spec, place) => connect(spec, place),
};

function connect({ freshMs = Infinity, batchRows = batchRowsUsual }: PushSource, place: SourcePlace): Source {
  function pushed(): PushedRows {
    if (place.pushed !== undefined) return place.pushed;
    throw new PerennialError('internal', 'A source of pushed rows needs the store that they are in.');
  }

  function lagOf({ lastRow, ageMs }: PushedHead, from: Cursor | null): SourceLag {
    const read = placeOf(from);
    refuseAhead(read, lastRow);
    return {
      unread: lastRow - read,
      unit: 'rows',
      ...(ageMs !== null && ageMs > freshMs ? { stale: { ageMs, freshMs } } : {}),
    };
  }

  /** Up to what was there when it began: rows that come meanwhile are the next reading's, or it might never end. */
  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    const { lastRow } = await pushed().head();
    let read = placeOf(from);
    refuseAhead(read, lastRow);
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'source');
    while (read < lastRow) {
      // oxlint-disable-next-line no-await-in-loop -- one batch at a time: each is stored before the next is read
      const last = await writeRows(pushed(), { after: read, through: Math.min(lastRow, read + batchRows), file });
      yield {
        name: `${sayMany(last - read, 'pushed row')} from row ${read + 1} on`,
        path: file,
        format: 'ndjson',
        rowsMax: null,
        covers: 'addition',
        sourceDigest: digestOfPlace(pushed().model, last),
        next: String(last),
      };
      read = last;
    }
  }

  return {
    refuseForeign: () => Promise.resolve(),
    async identify(from = null) {
      const head = await pushed().head();
      return { digest: digestOfPlace(pushed().model, head.lastRow), bytes: null, lag: lagOf(head, from) };
    },
    open,
    async sample(rowsMax, folder) {
      for await (const batch of connect({ kind: 'push', batchRows: rowsMax }, place).open(null, folder)) return batch;
      return null;
    },
    lag: async (from) => lagOf(await pushed().head(), from),
  };
}

/** Rows never change and never go, so how many there are says which they are. */
function digestOfPlace(model: string, row: number): string {
  return digestOfJson({ pushedTo: model, rows: row });
}

function placeOf(cursor: Cursor | null): number {
  if (cursor === null) return 0;
  const row = /^\d{1,15}$/.test(cursor) ? Number(cursor) : null;
  if (row !== null) return row;
  throw new PerennialError('internal', 'The cursor of a source of pushed rows cannot be read.', { path: 'source' });
}

/** A database that was restored alone, to before rows that were read. */
function refuseAhead(read: number, lastRow: number): void {
  if (read <= lastRow) return;
  throw new PerennialError('invalid_data', `Row ${read} was read and only ${lastRow} pushed rows are stored.`, {
    path: 'source',
    hint: 'Restore the database as a whole, or apply a changed definition, which reads from the first row.',
  });
}

interface WriteAsk {
  readonly after: number;
  readonly through: number;
  readonly file: string;
}

/** Writes rows into a file, as many as there are up to a bound of bytes; answers the last of them. */
async function writeRows(pushed: PushedRows, { after, through, file }: WriteAsk): Promise<number> {
  await rm(file, { force: true });
  let last = after;
  async function* lines(): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const part of rowsBehind(pushed, { after, through })) {
      yield part.lines;
      last = part.lastRow;
      bytes += part.lines.length;
      if (bytes >= batchBytesMax) return;
    }
  }
  await pipeline(lines(), createWriteStream(file));
  if (last === after) throw new PerennialError('internal', `Pushed row ${after + 1} is not stored.`);
  return last;
}
