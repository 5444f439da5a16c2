import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Source } from '../../src/sources/port.ts';

export interface ReadBatch {
  readonly name: string;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly sourceDigest: string;
  readonly next: string;
}

/** Reads all that is behind a cursor. */
export async function readTopic(source: Source, from: string | null = null): Promise<ReadBatch[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-topic-'));
  const read: ReadBatch[] = [];
  try {
    for await (const { name, path: file, notes = [], sourceDigest, next } of source.open(from, folder)) {
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
      read.push({ name, lines, notes, sourceDigest, next });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return read;
}

/** The rows alone, parsed, without where they came from. */
export function rowsOf(batches: readonly ReadBatch[]): readonly Record<string, unknown>[] {
  return batches.flatMap(({ lines }) =>
    lines.flatMap((line) => {
      const parsed: unknown = JSON.parse(line);
      if (typeof parsed !== 'object' || parsed === null) return [];
      const { _kafka: _, ...row } = parsed as Record<string, unknown>;
      return [row];
    }),
  );
}

/** Where the lines of rows came from, and what is no row as it is said. */
export function originsOf(batches: readonly ReadBatch[]): readonly string[] {
  return batches.flatMap(({ lines }) =>
    lines.map((line) => {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'string' ? parsed : String((parsed as Record<string, unknown>)['_kafka']);
    }),
  );
}
