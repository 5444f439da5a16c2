import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { digestOfJson, sha256OfFile } from '../../artifacts/digest.ts';
import type { PostgresCursor, PostgresSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Cursor, Source, SourceBatch, SourceDriver, SourceLag, SourcePlace } from '../port.ts';
import { columnsOf, jsonRows, tableOf, type QueryColumn } from './columns.ts';
import { copyBatch } from './copy-batch.ts';
import {
  digestOfNothing,
  digestOfState,
  readCursor,
  sayCursor,
  writeCursor,
  type CursorState,
} from './cursor-state.ts';
import { newestAgeMs, orderOf } from './order.ts';
import { behind, lateOf, placeNow, planBatch } from './plan-batch.ts';
import { refused, refusedQuery } from './refusals.ts';
import { serverOf } from './server-of.ts';
import { inSession, type Session } from './session.ts';

const batchRowsUsual = 100_000;
const timeoutMsUsual = 300_000;
const sampleMsMax = 30_000;
/** What is unread is counted no further. */
const lagRowsMax = 100_000;

/** One query of a Postgres database: read on by a cursor, or whole. */
export const postgresDriver: SourceDriver<PostgresSource> = {
  describe: ({ secret }) => `Postgres (secret ${secret})`,

  declare(spec) {
    const { kind: _, ...declared } = spec;
    return { word: 'postgres', args: [declared] };
  },

  sayCursor: ({ cursor: declared }, cursor) => (declared === undefined ? null : sayCursor(cursor)),

  caveats: ({ cursor, version }) =>
    cursor !== undefined
      ? [
          `It is read on by ${cursor.column}: deleted rows, and changes of rows before the cursor, are not seen.`,
          `A row that is written again with a larger ${cursor.column} comes again, as another row.`,
          'Rows that are committed later than its overlap reaches back are not seen either.',
        ]
      : version !== undefined
        ? ['It is read whole whenever its version changes, and only then.']
        : ['It is read whole each time, also to find out whether it has changed; its order is that of its ORDER BY.'],

  secretsOf: ({ secret }) => [secret],

  connect: (spec, place) => {
    const over = (declared: PostgresSource): Sampled => {
      const within = sessionsOf(declared, place);
      return declared.cursor === undefined
        ? connectWhole(declared, within)
        : connectCursor(declared, declared.cursor, within);
    };
    // Somebody waits for a sample.
    const hurried = { ...spec, timeoutMs: Math.min(spec.timeoutMs ?? timeoutMsUsual, sampleMsMax) };
    return { ...over(spec), sample: over(hurried).sample };
  },
};

type Sampled = Source & Required<Pick<Source, 'sample'>>;
type Within = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

function sessionsOf({ secret, timeoutMs = timeoutMsUsual }: PostgresSource, place: SourcePlace): Within {
  return async (work) => {
    if (place.secret === undefined)
      throw new PerennialError('invalid_data', `This process is given no secrets, so not "${secret}".`, {
        path: 'source.secret',
        hint: 'Ask the worker, which reads sources.',
      });
    const named = { secret, timeoutMs };
    const server = await serverOf(await place.secret(secret), secret, place.privateHosts ?? []).catch(
      (error: unknown) => {
        throw refused(error, named);
      },
    );
    return inSession(server, named, work);
  };
}

function connectCursor(spec: PostgresSource, cursor: PostgresCursor, within: Within): Sampled {
  const { query, batchRows = batchRowsUsual } = spec;
  const stateOf = (from: Cursor | null | undefined) => (from === null || from === undefined ? null : readCursor(from));
  const ordered = async (session: Session) => {
    const columns = await columnsOf(session, query);
    return { columns, order: orderOf(query, cursor, columns) };
  };

  async function nextOf(from: CursorState | null, file: string): Promise<CursorState | null> {
    return within(async (session) => {
      const { columns, order } = await ordered(session);
      const plan = await planBatch(session, order, from, batchRows);
      if (plan === null) return null;
      await copyBatch(session, { query, columns, order, after: from?.after ?? null, plan, file });
      return plan.next;
    });
  }

  /** Each batch in a transaction of its own: none is held open while rows are checked. */
  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'source');
    let state = stateOf(from);
    for (;;) {
      await rm(file, { force: true });
      const next = await nextOf(state, file);
      if (next === null) return;
      yield batchOf(spec, {
        path: file,
        covers: 'addition',
        sourceDigest: digestOfState(query, next),
        next: writeCursor(next),
      });
      state = next;
    }
  }

  return {
    refuseForeign: () => Promise.resolve(),
    identify: async (from) => ({
      digest: await within(async (session) => {
        const { order } = await ordered(session);
        const place = await placeNow(session, order, stateOf(from));
        return place === null ? digestOfNothing(query) : digestOfState(query, place);
      }),
      bytes: null,
    }),
    open,
    async sample(rowsMax, folder) {
      for await (const batch of connectCursor({ ...spec, batchRows: rowsMax }, cursor, within).open(null, folder))
        return batch;
      return null;
    },
    lag: (from) =>
      within(async (session): Promise<SourceLag> => {
        const { order } = await ordered(session);
        const state = stateOf(from);
        const late = state === null ? [] : await lateOf(session, order, state, lagRowsMax);
        const unread = late.length + (await behind(session, order, state, { limit: lagRowsMax + 1 })).length;
        const { freshMs = Infinity } = cursor;
        const ageMs = Number.isFinite(freshMs) ? await newestAgeMs(session, order) : null;
        return {
          unread: Math.min(unread, lagRowsMax),
          unit: 'rows',
          ...(unread > lagRowsMax ? { isAtLeast: true } : {}),
          ...(ageMs !== null && ageMs > freshMs ? { stale: { ageMs, freshMs } } : {}),
        };
      }),
  };
}

/** All rows every time: named by its version where one is declared, else by what came. */
function connectWhole(spec: PostgresSource, within: Within): Sampled {
  const { query, version } = spec;

  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'source');
    await rm(file, { force: true });
    const digest = await within(async (session) => {
      const declared = version === undefined ? null : await versionOf(session, query, version);
      if (declared !== null && declared === from) return null;
      const columns = await columnsOf(session, query);
      const rows = await session.copy(rowsOf(query, columns), createWriteStream(file));
      return rows === 0 ? null : (declared ?? (await sha256OfFile(file)));
    });
    if (digest === null || digest === from) return;
    yield batchOf(spec, { path: file, covers: 'whole', sourceDigest: digest, next: digest });
  }

  return {
    refuseForeign: () => Promise.resolve(),
    identify: async () => ({
      digest: await within(async (session) => {
        if (version !== undefined) return versionOf(session, query, version);
        const hash = createHash('sha256');
        await session.copy(rowsOf(query, await columnsOf(session, query)), hash);
        return hash.digest('hex');
      }),
      bytes: null,
    }),
    open,
    async sample(rowsMax, folder) {
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, 'source');
      const rows = await within(async (session) => {
        const columns = await columnsOf(session, query);
        return session.copy(jsonRows(query, columns, `limit ${rowsMax}`), createWriteStream(file));
      });
      if (rows === 0) return null;
      const digest = await sha256OfFile(file);
      return batchOf(spec, { path: file, covers: 'whole', sourceDigest: digest, next: digest });
    },
    lag: () => Promise.resolve(null),
  };
}

function rowsOf(query: string, columns: readonly QueryColumn[]): string {
  return jsonRows(query, columns, '');
}

async function versionOf(session: Session, query: string, version: string): Promise<string> {
  await columnsOf(session, version);
  const rows = await session.rows(`select * from ${tableOf(version)} limit 2`);
  const [row] = rows;
  const cells = Object.values(row ?? {});
  const [value] = cells;
  if (rows.length !== 1 || cells.length !== 1 || value === undefined || value === null)
    throw refusedQuery('has a version that is not one value', 'Let `version` answer one row with one column.');
  return digestOfJson({ query, version: value });
}

function batchOf(
  { secret }: PostgresSource,
  batch: Pick<SourceBatch, 'path' | 'covers' | 'sourceDigest' | 'next'>,
): SourceBatch {
  return { ...batch, name: `the rows behind the secret ${secret}`, format: 'ndjson', rowsMax: null };
}
