import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { withDuck } from '../../src/data/duck/connect.ts';
import { pathLiteral } from '../../src/data/duck/sql.ts';

/** Files below a folder in which a text stands: as it is, packed by gzip, or in a column of Parquet. */
export async function filesWith(
  folder: string,
  marker: string,
  isAsked: (file: string) => boolean = () => true,
): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const file of files.filter(isAsked)) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time; some end while we look
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (await hasText(file, bytes, marker)) found.push(file);
  }
  return found;
}

async function hasText(file: string, bytes: Buffer, marker: string): Promise<boolean> {
  if (bytes.includes(marker)) return true;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes).includes(marker);
  if (bytes.subarray(0, 4).toString() !== 'PAR1') return false;
  return withDuck({ threads: 1, memoryMb: 128 }, async (duck) => {
    for await (const rows of duck.stream(
      `SELECT to_json(t)::VARCHAR AS row FROM read_parquet(${pathLiteral(file)}) AS t`,
    ))
      if (rows.some(({ row }) => String(row).includes(marker))) return true;
    return false;
  });
}

/** Tables in which a text stands, in any column; packed lines are unpacked. What the planner has sampled counts too. */
export async function tablesWith(pool: pg.Pool, marker: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     and not relispartition order by 1`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    // oxlint-disable-next-line no-await-in-loop -- one table at a time
    const { rows: hits } = await pool.query(`select 1 from "${name}" t where t::text like '%' || $1 || '%' limit 1`, [
      marker,
    ]);
    if (hits.length > 0) found.push(name);
  }
  const { rows: packed } = await pool.query<{ body: Buffer }>('select body from pushed_batch where body is not null');
  if (packed.some(({ body }) => gunzipSync(body).includes(marker))) found.push('pushed_batch');
  const sampled = await pool.query(
    `select 1 from pg_stats where schemaname = 'public' and (most_common_vals::text like '%' || $1 || '%'
       or histogram_bounds::text like '%' || $1 || '%') limit 1`,
    [marker],
  );
  return sampled.rows.length > 0 ? [...found, 'pg_stats'] : found;
}
