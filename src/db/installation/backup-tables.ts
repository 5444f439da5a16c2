import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Database } from '../base/connect.ts';

/** One holds a row only inside the transaction that writes it; the other must not lie beside what it signs. */
const neverCopied = new Set(['audit_staged', 'backup_key']);
/** Has its own way: `migrate` fills it. */
const migrationTable = 'schema_migration';
/** Which partitions there are: it comes before the rows that go into them, and migrations fill it too. */
const partsTable = 'log_part';

export interface TableColumns {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface WrittenTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the file. */
  readonly digest: string;
}

export interface SequencePlace {
  readonly name: string;
  /** Null when it was never used. */
  readonly last: string | null;
}

/** The tables of the schema `public`, without partitions, in an order in which each comes after those it refers to. */
export async function listTables(client: pg.ClientBase): Promise<readonly TableColumns[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and
     a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     group by c.relname order by c.relname <> '${partsTable}', c.relname`,
  );
  const { rows: references } = await client.query<{ child: string; parent: string }>(
    `select c.relname as child, p.relname as parent from pg_constraint k join pg_class c on c.oid = k.conrelid join
      pg_class p on p.oid = k.confrelid
     where k.contype = 'f' and c.oid <> p.oid and c.relnamespace = 'public'::regnamespace`,
  );
  const waiting = new Map(
    rows.filter(({ name }) => name !== migrationTable && !neverCopied.has(name)).map((table) => [table.name, table]),
  );
  const ordered: TableColumns[] = [];
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter(
      ({ name }) => !references.some(({ child, parent }) => child === name && waiting.has(parent)),
    );
    if (free.length === 0) throw new Error(`tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}`);
    for (const table of free) waiting.delete(table.name);
    ordered.push(...free);
  }
  return ordered;
}

/** Copies one table out as the transaction of `client` sees it: text of COPY, which every later Postgres reads. */
export async function writeTable(
  client: pg.ClientBase,
  file: string,
  { name, columns }: TableColumns,
): Promise<WrittenTable> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const out = client.query(copyTo(`copy (select ${columns.map(quoted).join(', ')} from ${quoted(name)}) to stdout`));
  const meter = measuring();
  await pipeline(out, createGzip({ level: 6 }), meter.stream, createWriteStream(file, { mode: 0o600, flush: true }));
  return { name, columns, rows: out.rowCount, bytes: meter.bytes(), digest: meter.digest() };
}

/**
 * Fills an empty table from its file. What is answered is of the bytes that were read, so the caller can tell in the
 * same transaction when they are not those that were promised.
 */
export async function readTable(
  client: pg.ClientBase,
  file: string,
  table: TableColumns,
): Promise<Pick<WrittenTable, 'rows' | 'digest'>> {
  if (table.name === partsTable) await client.query(`delete from ${partsTable}`);
  const into = client.query(
    copyFrom(`copy ${quoted(table.name)} (${table.columns.map(quoted).join(', ')}) from stdin`),
  );
  const meter = measuring();
  await pipeline(createReadStream(file), meter.stream, createGunzip(), into);
  if (table.name === partsTable) await makePartitions(client);
  return { rows: into.rowCount, digest: meter.digest() };
}

/** A part that was being sealed is written to once more; it is frozen anew when its turn comes. */
async function makePartitions(client: pg.ClientBase): Promise<void> {
  await client.query(`update ${partsTable} set frozen_at = null where dropped_at is null`);
  await client.query(`select make_log_partitions(part) from ${partsTable} order by part`);
}

/** Sequences go on where they stood. They do not follow transactions, so they are read after the tables. */
export async function readSequences(client: pg.ClientBase): Promise<readonly SequencePlace[]> {
  const { rows } = await client.query<{ name: string; last: string | null }>(
    `select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public' order by
      sequencename`,
  );
  return rows;
}

export async function writeSequences(client: pg.ClientBase, sequences: readonly SequencePlace[]): Promise<void> {
  for (const { name, last } of sequences)
    if (last !== null) await client.query('select setval($1::regclass, $2::bigint)', [quoted(name), last]);
}

/** Artifacts that versions, snapshots and the routing name. */
export async function referencedArtifacts(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ digest: string }>(
    `select distinct digest from (
       select unnest(array[model_digest, profile_digest, correction]) as digest from version where files_removed_at is
       null
       union all select digest from snapshot where files_removed_at is null
       union all select manifest->>'quarantineDigest' from snapshot where files_removed_at is null
       union all select manifest->'repairs'->>'logDigest' from snapshot where files_removed_at is null
       union all select file->>'sha256' from snapshot, jsonb_array_elements(manifest->'files') as file
         where files_removed_at is null
       union all select (regexp_matches(manifest->>'cursor', 'sha256\\\\*":\\\\*"([0-9a-f]{64})', 'g'))[1] from snapshot
         where files_removed_at is null
       union all select digest from pushed_batch where digest is not null
       union all select unnest(array[file_digest, index_digest, manifest_digest]) from sealed_stretch
     ) as named where digest ~ '^[0-9a-f]{64}$' order by digest`,
  );
  return rows.map(({ digest }) => digest);
}

/** The first table that holds a row; null when the database is empty but for its schema. */
export async function firstFilledTable(client: pg.ClientBase): Promise<string | null> {
  for (const { name } of await listTables(client)) {
    if (name === partsTable) continue;
    const { rowCount } = await client.query(`select 1 from ${quoted(name)} limit 1`);
    if (rowCount !== 0) return name;
  }
  return null;
}

export interface BackupFacts {
  readonly installationId: string | null;
  readonly temporalNamespace: string | null;
  readonly auditHead: { readonly seq: number; readonly hash: string } | null;
  readonly migrations: readonly { readonly tag: string; readonly digest: string }[];
}

/** Whose data it is, and under which schema it stands. */
export async function readBackupFacts(client: pg.ClientBase): Promise<BackupFacts> {
  const { rows: migrations } = await client.query<{ tag: string; digest: string }>(
    'select tag, digest from schema_migration order by position',
  );
  const { rows } = await client.query<{ id: string; namespace: string }>(
    'select installation_id as id, temporal_namespace as namespace from installation',
  );
  const { rows: heads } = await client.query<{ seq: string; hash: string }>(
    'select seq, hash from audit order by seq desc limit 1',
  );
  const auditHead = heads[0] === undefined ? null : { seq: Number(heads[0].seq), hash: heads[0].hash };
  return { auditHead, installationId: rows[0]?.id ?? null, temporalNamespace: rows[0]?.namespace ?? null, migrations };
}

/**
 * One transaction over one snapshot, as the owner and without a time limit: a large table takes as long as it takes.
 */
export async function withSnapshot<T>(
  database: Pick<Database, 'pool'>,
  kind: 'read' | 'write',
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('reset role; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
    await client.query(kind === 'read' ? 'begin isolation level repeatable read read only' : 'begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // Its settings go with it; on a failure the server rolls back.
    client.release(failure ?? true);
  }
}

function measuring(): { readonly stream: Transform; readonly bytes: () => number; readonly digest: () => string } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, digest: () => hash.digest('hex') };
}

/** Names come from the catalogue or from a manifest whose names were checked; quoted all the same. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
