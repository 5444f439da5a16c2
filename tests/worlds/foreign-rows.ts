import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { PostgresSource } from '../../src/domain/spec/source-spec.ts';
import type { Source, SourcePlace } from '../../src/sources/port.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { openForeignDatabase, type ForeignDatabase } from './foreign-database.ts';

export interface ReadBatch {
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly ids: readonly string[];
  readonly covers: 'whole' | 'addition';
  readonly digest: string;
  readonly next: string;
}

/** A foreign database with a source over it, as a worker would be given one. */
export interface ForeignRows extends ForeignDatabase {
  run(sql: string, values?: unknown[]): Promise<unknown>;
  sourceOf(spec: PostgresSource, place?: Partial<SourcePlace>): Source;
  /** What stands behind a cursor, batch by batch; `ids` are the cells of the column `id`. */
  read(spec: PostgresSource, from?: string | null, place?: Partial<SourcePlace>): Promise<readonly ReadBatch[]>;
}

/** To be awaited at the top of a test file. */
export async function openForeignRows(): Promise<ForeignRows> {
  const foreign = await openForeignDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-foreign-'));
  afterAll(() => rm(folder, { recursive: true }));
  const sourceOf = (spec: PostgresSource, place: Partial<SourcePlace> = {}) =>
    connectSource(spec, {
      roots: [],
      secret: () => Promise.resolve(foreign.url),
      privateHosts: [foreign.host],
      ...place,
    });
  return {
    ...foreign,
    run: (sql, values = []) => foreign.client.query(sql, values),
    sourceOf,
    async read(spec, from = null, place = {}) {
      const found: ReadBatch[] = [];
      for await (const batch of sourceOf(spec, place).open(from, folder)) {
        const rows = linesOf(await readFile(batch.path, 'utf8'));
        const ids = rows.map((row) => row['id'] ?? '');
        found.push({ rows, ids, covers: batch.covers, digest: batch.sourceDigest, next: batch.next });
      }
      return found;
    },
  };
}

/** Whatever work fails with; null where it does not. */
export function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

function linesOf(text: string): Record<string, string | null>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line): Record<string, string | null> => JSON.parse(line));
}
