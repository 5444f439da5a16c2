import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Duck } from '../duck/connect.ts';

/*
 * The index of a sealed file: which positions a prediction id or an entity has. Sixteen bytes of head (a mark and two
 * counts), then two lists, of ids and of entities, each sorted: eight bytes of a hash and eight of a position. Hashes
 * are spread evenly, so a look-up guesses the place and reads a few kilobytes, however large the file is.
 */
const mark = 0x50_52_4e_31;
const headBytes = 16;
const entryBytes = 16;
const entriesPerRead = 512;

export type IndexKey = 'id' | 'entity';

/** Writes the index of a table of sealed predictions. Rejects with the error of the disk when it has no room. */
export async function writeSealedIndex(duck: Duck, table: string, file: string): Promise<void> {
  // Not `write` by hand: an error that comes while nobody listens would end the process.
  await pipeline(indexBytes(duck, table), createWriteStream(file));
}

async function* indexBytes(duck: Duck, table: string): AsyncGenerator<Buffer> {
  const [counts] = await duck.rows(`SELECT count(*) AS ids, count(entity_hash) AS entities FROM ${table}`);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(mark, 0);
  head.writeUInt32BE(Number(counts?.['ids'] ?? 0), 4);
  head.writeUInt32BE(Number(counts?.['entities'] ?? 0), 8);
  yield head;
  for (const column of ['prediction_id', 'entity_hash']) {
    const sorted = `SELECT substr(sha256(${column}), 1, 16) AS hash, seq FROM ${table} WHERE ${column} IS NOT NULL
      ORDER BY 1, 2`;
    for await (const rows of duck.stream(sorted)) {
      const bytes = Buffer.alloc(rows.length * entryBytes);
      rows.forEach((row, at) => {
        bytes.write(String(row['hash']), at * entryBytes, 'hex');
        bytes.writeBigUInt64BE(BigInt(String(row['seq'])), at * entryBytes + 8);
      });
      yield bytes;
    }
  }
}

/** Positions under a key, ascending. Eight bytes of a hash are few: the caller compares the rows that it then reads. */
export async function positionsIn(file: string, of: IndexKey, value: string): Promise<readonly number[]> {
  return withList(file, of, (handle, list) => search(handle, list, hashOf(value)));
}

/**
 * The newest position of each of these prediction ids, as far as the file has them: the whole list is read once, which
 * for thousands of ids is much less than a search for each. Two ids with one hash are not told apart: whoever reads the
 * row at the position compares its id.
 */
export async function positionsOfIds(file: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const idOf = new Map(ids.map((id) => [hashOf(id), id]));
  return withList(file, 'id', async (handle, list) => {
    const found = new Map<string, number>();
    for await (const { hash, seq } of entriesFrom(handle, list, 0)) {
      const id = idOf.get(hash);
      // Equal hashes stand in the order of their positions.
      if (id !== undefined) found.set(id, seq);
    }
    return found;
  });
}

function hashOf(value: string): bigint {
  return createHash('sha256').update(value).digest().readBigUInt64BE(0);
}

interface List {
  readonly first: number;
  readonly count: number;
}

async function withList<T>(
  file: string,
  of: IndexKey,
  work: (handle: FileHandle, list: List) => Promise<T>,
): Promise<T> {
  const handle = await open(file, 'r');
  try {
    const head = await bytesAt(handle, 0, headBytes);
    if (head.readUInt32BE(0) !== mark)
      throw new PerennialError('artifact_corrupt', 'the index of a sealed file does not begin as one', { path: file });
    const ids = head.readUInt32BE(4);
    return await work(handle, of === 'id' ? { first: 0, count: ids } : { first: ids, count: head.readUInt32BE(8) });
  } finally {
    await handle.close();
  }
}

async function search(handle: FileHandle, list: List, hash: bigint): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const entry of entriesFrom(handle, list, await lowerBound(handle, list, hash))) {
    if (entry.hash !== hash) break;
    found.push(entry.seq);
  }
  return found;
}

/** The entries of a list from one of them on. */
async function* entriesFrom(
  handle: FileHandle,
  { first, count }: List,
  from: number,
): AsyncGenerator<{ readonly hash: bigint; readonly seq: number }> {
  for (let at = from; at < count; at += entriesPerRead) {
    const length = Math.min(entriesPerRead, count - at);
    const bytes = await bytesAt(handle, headBytes + (first + at) * entryBytes, length * entryBytes);
    for (let entry = 0; entry < length; entry++)
      yield {
        hash: bytes.readBigUInt64BE(entry * entryBytes),
        seq: Number(bytes.readBigUInt64BE(entry * entryBytes + 8)),
      };
  }
}

/** The first entry whose hash is not below: by guesses from the hash itself, each of which halves the rest at least. */
async function lowerBound(handle: FileHandle, { first, count }: List, hash: bigint): Promise<number> {
  let low = 0;
  let high = count;
  let guess = Math.floor((Number(hash >> 11n) / 2 ** 53) * count);
  while (low < high) {
    const from = Math.max(low, Math.min(guess - entriesPerRead / 2, high - entriesPerRead));
    const length = Math.min(entriesPerRead, high - from);
    const bytes = await bytesAt(handle, headBytes + (first + from) * entryBytes, length * entryBytes);
    const below = countBelow(bytes, length, hash);
    if (below === 0) high = from;
    else if (below === length) low = from + length;
    else return from + below;
    guess = Math.floor((low + high) / 2);
  }
  return low;
}

function countBelow(bytes: Buffer, length: number, hash: bigint): number {
  let below = 0;
  while (below < length && bytes.readBigUInt64BE(below * entryBytes) < hash) below++;
  return below;
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead < length) throw new PerennialError('artifact_corrupt', 'the index of a sealed file ends too early');
  return buffer;
}
