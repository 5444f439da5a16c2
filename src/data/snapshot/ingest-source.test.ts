import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { Source, SourceBatch } from '../../sources/port.ts';
import { connectSource } from '../../sources/registry.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { combineSnapshots } from '../traffic/combine-snapshots.ts';
import { ingestSource } from './ingest-source.ts';
import type { IngestResult } from './ingest-table.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ingest-source-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const spec = completeSpec({
  name: 'shop',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
  // Nothing below may look at it: what is read is handed in.
  source: { kind: 'file', path: '/there/is/no/such/file.csv', format: 'csv' },
});

/** A kind of source that is no file: a log in memory, two rows to a batch, whose cursor counts the rows. */
function logSource(rows: readonly number[]): Source {
  const digestAt = (row: number) => sha256(`log up to ${row}`);
  return {
    refuseForeign: async () => undefined,
    identify: async () => ({ digest: digestAt(rows.length), bytes: null }),
    async *open(from, folder): AsyncGenerator<SourceBatch> {
      await mkdir(folder, { recursive: true });
      for (let at = Number(from ?? 0); at < rows.length; at += 2) {
        const next = Math.min(rows.length, at + 2);
        const lines = rows.slice(at, next).map((amount) => JSON.stringify({ amount, bad: 'no' }));
        const path = join(folder, `from-${at}`);
        await writeFile(path, `${lines.join('\n')}\n`);
        yield {
          name: `the log from ${at}`,
          path,
          format: 'ndjson',
          rowsMax: null,
          covers: 'addition',
          sourceDigest: digestAt(next),
          next: String(next),
        };
      }
    },
    lag: async (from) => ({ unread: rows.length - Number(from ?? 0), unit: 'records' }),
  };
}

async function read(source: Source, newest: IngestResult | null): Promise<IngestResult[]> {
  const results: IngestResult[] = [];
  const reading = { spec, specRevision: 1, workDir: join(dir, 'work'), store };
  for await (const result of ingestSource(source, newest, reading)) results.push(result);
  return results;
}

async function amountsOf(line: readonly IngestResult[]): Promise<unknown[]> {
  const { paths } = await combineSnapshots(
    store,
    line.map((snapshot) => snapshot.manifest),
    dir,
  );
  const list = paths.map(literal).join(', ');
  return withDuck({}, async (duck) =>
    (await duck.rows(`SELECT amount FROM read_parquet([${list}]) ORDER BY _order`)).map((row) => row['amount']),
  );
}

test('additions continue one another, across readings too, and together are the history', async () => {
  const first = await read(logSource([1, 2, 3]), null);
  expect(first.map(({ manifest }) => manifest.rows)).toEqual([2, 1]);
  const more = await read(logSource([1, 2, 3, 4, 5]), first.at(-1) ?? null);
  const line = [...first, ...more];
  expect(line.map(({ manifest }) => manifest.parents)).toEqual([
    [],
    ...line.slice(0, -1).map((before) => [before.digest]),
  ]);
  expect(line.map(({ manifest }) => manifest.cursor)).toEqual(['2', '3', '5']);
  expect(line.at(-1)?.manifest.sourceDigest).toBe((await logSource([1, 2, 3, 4, 5]).identify()).digest);
  expect(await amountsOf(line)).toEqual([1, 2, 3, 4, 5]);
  expect(await read(logSource([1, 2, 3, 4, 5]), line.at(-1) ?? null)).toEqual([]);
});

test('a whole stands alone: it continues nothing, and what it supersedes is nobody’s parent', async () => {
  const path = join(dir, 'whole.csv');
  const source = connectSource({ kind: 'file', path, format: 'csv' }, { roots: [dir] });
  await writeFile(path, 'amount,bad\n1,no\n2,no\n');
  const [before] = await read(source, null);
  await writeFile(path, 'amount,bad\n1,no\n2,no\n3,yes\n');
  const [after, ...more] = await read(source, before ?? null);
  if (after === undefined) throw new Error('the changed file gave no snapshot');
  expect(more).toEqual([]);
  expect(after.manifest).toMatchObject({ parents: [], rows: 3, files: [{ orderMin: 0, orderMax: 2 }] });
  // Its digest is its cursor, so a manifest of a file is what it was before there were cursors.
  expect(after.manifest).not.toHaveProperty('cursor');
  expect(await read(source, after)).toEqual([]);
});

test('messages name the source and not the copy that was read', async () => {
  const path = join(dir, 'broken.csv');
  await writeFile(path, 'height,colour\n1,red\n2,blue\n');
  const source = connectSource({ kind: 'file', path, format: 'csv' }, { roots: [dir] });
  await expect(read(source, null)).rejects.toMatchObject({
    code: 'invalid_data',
    message: `${path} has no column amount; it has 2 of other names`,
  });
  await writeFile(join(dir, 'torn.parquet'), 'PAR1 and nothing after it');
  const torn = connectSource({ kind: 'file', path: 'torn.parquet', format: 'parquet' }, { roots: [dir] });
  const error: unknown = await read(torn, null).catch((cause: unknown) => cause);
  expect(String(error)).toContain(join(dir, 'torn.parquet'));
  expect(String(error)).not.toContain(join(dir, 'work'));
});

test('parts of a large text lie in the store until its snapshot is kept, or refused, and not after', async () => {
  const own = createArtifactStore(join(dir, 'own'));
  const amounts = join(dir, 'amounts.ndjson');
  const parts: string[] = [];
  const areThere = () => Promise.all(parts.map((part) => own.has(part)));
  const note = {
    known: undefined,
    // How far the scan is comes by the same way, and names no parts.
    tell: (progress: { readonly parts?: readonly string[] }) =>
      void (progress.parts === undefined || parts.splice(0, parts.length, ...progress.parts)),
  };
  const reading = { spec, specRevision: 1, workDir: join(dir, 'work'), store: own, rowsPerPart: 3, progress: note };
  const source = connectSource({ kind: 'file', path: amounts, format: 'ndjson' }, { roots: [dir] });
  const row = (amount: unknown) => `${JSON.stringify({ amount, bad: 'no' })}\n`;
  await writeFile(amounts, [1, 2, 3, 4, 5, 6, 7].map(row).join(''));
  for await (const { manifest } of ingestSource(source, null, reading)) {
    expect(manifest.rows).toBe(7);
    // A database that is away now is no reason to check all of them again.
    expect(await areThere()).toEqual([true, true, true]);
  }
  expect(await areThere()).toEqual([false, false, false]);
  await writeFile(amounts, [1, 2, 3, 4, 5, 6, 7].map(() => row('much')).join(''));
  parts.length = 0;
  await expect(
    (async () => {
      for await (const result of ingestSource(source, null, reading)) expect(result).toBeUndefined();
    })(),
  ).rejects.toMatchObject({ code: 'contract_rejected' });
  expect(await areThere()).toEqual([false, false, false]);
});
