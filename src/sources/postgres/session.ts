import { Socket } from 'node:net';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { PerennialError } from '../../domain/words/errors.ts';
import { refused, refusedSecret, type Named } from './refusals.ts';
import type { Server } from './server-of.ts';

/** A row as text: no cell is interpreted on its way. */
export type TextRow = Readonly<Record<string, string | null>>;

/** One read-only transaction that sees one state of the database. */
export interface Session {
  /** One statement, prepared: the server refuses a text that holds several. */
  rows(text: string, values?: readonly (string | number)[]): Promise<readonly TextRow[]>;
  /** The columns of a statement: name and oid of the type. */
  fields(text: string): Promise<readonly { readonly name: string; readonly typeOid: number }[]>;
  /** Settings of this transaction, since COPY takes no parameters: `current_setting('perennial.NAME')` reads them. */
  set(values: Readonly<Record<string, string>>): Promise<void>;
  /** Writes one JSON text per row and line; answers how many. */
  copy(select: string, to: Writable): Promise<number>;
}

const connectMs = 10_000;
const lockMsMax = 10_000;
/** For how long this side waits for an answer beyond what the server allows itself. */
const slackMs = 5_000;
/** Of one batch. */
const bytesMax = 4 * 1024 ** 3;

/** Tables that no other database has all of. */
const ownTables = ['spec_revision', 'trigger_look', 'model_stream'];

/**
 * Runs `work` in a repeatable-read, read-only transaction on a connection of its own, every wait of which has an end.
 * Rejects with sentences that hold nothing of the URL.
 */
export async function inSession<T>(server: Server, named: Named, work: (session: Session) => Promise<T>): Promise<T> {
  const socket = new Socket();
  const client = clientOf(server, socket);
  // What breaks is seen by the statement that waits for it; without a listener it would end the process.
  client.on('error', () => undefined);
  socket.on('error', () => undefined);
  try {
    await client.connect();
    await begin(client, named);
    await refuseOwn(client, server, named);
    const result = await work(sessionOver(client, socket, named));
    await client.query(within(slackMs, { text: 'commit' }));
    return result;
  } catch (error) {
    throw refused(error, named);
  } finally {
    // The server rolls back what has no end. Nothing was written, so nobody has to wait for it.
    client.end().catch(() => undefined);
    socket.destroySoon();
    setTimeout(() => socket.destroy(), 1_000).unref();
  }
}

function clientOf({ address, port, user, password, database, ssl }: Server, socket: Socket): pg.Client {
  return new pg.Client({
    host: address,
    port,
    user,
    // A function, so that an empty one is not replaced by PGPASSWORD or by a file of the worker's home.
    password: () => password,
    database,
    ssl,
    stream: () => socket,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    application_name: 'perennial-source',
    client_encoding: 'UTF8',
    types: { getTypeParser: () => (text: string) => text },
  });
}

/** In the transaction, since a pooler between us and the server may drop what is said when connecting. */
async function begin(client: pg.Client, { timeoutMs }: Named): Promise<void> {
  const settings = {
    statement_timeout: timeoutMs,
    lock_timeout: Math.min(lockMsMax, timeoutMs / 2),
    idle_in_transaction_session_timeout: timeoutMs + slackMs,
    timezone: 'UTC',
    datestyle: 'ISO, YMD',
    intervalstyle: 'postgres',
    extra_float_digits: 3,
    // The same rows come in the same order, as far as the query says one.
    synchronize_seqscans: 'off',
    max_parallel_workers_per_gather: 0,
  };
  const set = Object.entries(settings).map(([name, value]) => `set local ${name} = '${value}'`);
  const text = ['begin isolation level repeatable read read only', ...set].join('; ');
  await client.query(within(connectMs, { text }));
}

/** A definition must not read what the platform knows of other teams. */
async function refuseOwn(client: pg.Client, { isListedDatabase }: Server, { secret }: Named): Promise<void> {
  if (isListedDatabase) return;
  const { rows } = await client.query<{ readonly found: string }>(
    within(connectMs, {
      text: 'select count(distinct relname)::text as found from pg_catalog.pg_class where relname = any($1::text[])',
      values: [ownTables],
    }),
  );
  if (Number(rows[0]?.found) < ownTables.length) return;
  throw refusedSecret(
    secret,
    'leads to a database that holds an installation of Perennial',
    'List host:port/database in PERENNIAL_SOURCE_PRIVATE_HOSTS if that is meant.',
  );
}

function sessionOver(client: pg.Client, socket: Socket, { timeoutMs }: Named): Session {
  const limitMs = timeoutMs + slackMs;
  const prepared = (text: string, values: readonly (string | number)[] = []) =>
    client.query<Record<string, string | null>>(within(limitMs, { text, values: [...values] }, 'extended'));
  return {
    rows: async (text, values) => (await prepared(text, values)).rows,
    fields: async (text) =>
      (await prepared(text)).fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })),
    async set(values) {
      for (const [name, value] of Object.entries(values))
        await prepared('select set_config($1, $2, true)', [`perennial.${name}`, value]);
    },
    async copy(select, to) {
      // JSON holds no control character unescaped: with these two nothing is quoted, so each line is the object itself.
      const text = `copy (${select}) to stdout (format csv, delimiter e'\\x02', quote e'\\x01', encoding 'UTF8')`;
      const stream = client.query(copyTo(text));
      const timer = setTimeout(() => socket.destroy(new Error('Query read timeout')), limitMs);
      try {
        await pipeline(stream, bounded(), to);
      } finally {
        clearTimeout(timer);
      }
      return stream.rowCount;
    },
  };
}

/** With members that pg takes and its types do not know. */
function within(limitMs: number, query: pg.QueryConfig, queryMode?: 'extended'): pg.QueryConfig {
  const full = { ...query, query_timeout: limitMs, ...(queryMode === undefined ? {} : { queryMode }) };
  return full;
}

function bounded(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done(bytes > bytesMax ? tooLarge() : null, chunk);
    },
  });
}

function tooLarge(): PerennialError {
  return new PerennialError('invalid_data', 'One batch of the source has more than 4 GiB.', {
    path: 'source.batchRows',
    hint: 'Declare fewer rows per batch, or a cursor, which reads in batches.',
  });
}
