import { createHash } from 'node:crypto';
import type { Database } from '../src/db/base/connect.ts';

const blocks = 400;
const blockBytes = 256 * 1024;
const pgRows = 400_000;

/**
 * Work that is the same at any age and on any data, in Node and in Postgres. What it costs says how fast the processors
 * are just now: a machine that is shared gives less for the same milliseconds.
 */
export async function yardstick({ pool }: Database): Promise<void> {
  const block = Buffer.alloc(blockBytes, 7);
  const hash = createHash('sha256');
  for (let i = 0; i < blocks; i++) hash.update(block);
  hash.digest();
  await pool.query(`select sum(hashtext(g::text)::bigint) from generate_series(1, ${pgRows}) g`);
}
