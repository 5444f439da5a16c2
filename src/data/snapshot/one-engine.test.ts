import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { footerNumber, forge } from '../../../tests/worlds/forge-footer.ts';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import { withDuck, withEngine, type Engine } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { ingestTable } from './ingest-table.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'one-engine-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const spec = completeSpec({
  name: 'm',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'x', missing: 'refuse', min: 0 },
    { kind: 'number', name: 'key', missing: 'refuse' },
    { kind: 'category', name: 'colour', missing: 'allow', values: ['red', 'green'] },
  ],
  target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 1 } },
  contract: {
    rules: [{ id: 'once', rule: 'unique', severity: 'quarantine', columns: ['key'] }],
    quarantineShareMax: 0.5,
  },
  source: { kind: 'push' },
});

/** Batches of all sizes: good rows, bad ones, repeated keys, lines that are none, keys in another order. */
function batchOf(seed: number): string {
  let state = seed * 7_919 + 1;
  const next = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const badShare = [0, 4, 10][seed % 3] ?? 0;
  const lines = Array.from({ length: 1 + next(60) }, (_, at) => {
    if (at > 0 && next(20) < badShare)
      return ['no JSON', '{"key":1,"x":-1,"won":0}', '{"x":"much","won":2,"key":9}'][next(3)];
    const row = { key: next(1_000), x: next(100) / 7, colour: ['red', 'green', null][next(3)], won: next(2) };
    return JSON.stringify(next(2) === 0 ? row : { more: 1, ...row });
  });
  return `${lines.join('\n')}\n`;
}

async function ingested(seed: number, engine?: Engine) {
  const path = join(dir, `${seed}.ndjson`);
  await writeFile(path, batchOf(seed));
  const table = { path, name: 'batch', format: 'ndjson', rowsMax: null, sourceDigest: 'd' } as const;
  const settings = engine === undefined ? {} : { settings: { engine } };
  const workDir = join(dir, 'work');
  const of = { spec, specRevision: 1, table, workDir, store, orderOffset: seed, nowMs: 0, ...settings };
  return ingestTable(of).catch((error: unknown) => messageOf(error));
}

test('batches that are checked one after the other in one engine are the snapshots that they are alone', async () => {
  const seeds = Array.from({ length: 12 }, (_, at) => at);
  const alone: unknown[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is asked
  for (const seed of seeds) alone.push(await ingested(seed));
  expect(alone.filter((found) => typeof found === 'string').length, 'some are refused').toBeGreaterThan(0);
  expect(alone.filter((found) => typeof found !== 'string').length, 'some are not').toBeGreaterThan(4);
  const opened = vi.spyOn(DuckDBInstance, 'create');
  const together = await withEngine({ tempDir: dir }, async (engine) => {
    const found: unknown[] = [];
    // oxlint-disable-next-line no-await-in-loop -- as above
    for (const seed of seeds) found.push(await ingested(seed, engine));
    return found;
  });
  expect(together).toEqual(alone);
  expect(opened).toHaveBeenCalledTimes(1);
  opened.mockClear();
  await ingested(1);
  expect(opened, 'a batch alone takes one as well').toHaveBeenCalledTimes(1);
  opened.mockRestore();
  expect(await readdir(dir), 'nothing is left of it').not.toContainEqual(expect.stringContaining('perennial-duckdb'));
});

test('a file whose footer says other than its cells is not checked by an engine that trusts it', async () => {
  const path = join(dir, 'lying.parquet');
  await withDuck({}, (duck) =>
    duck.run(`COPY (SELECT CAST(CASE range % 100 WHEN 7 THEN -88881 ELSE 5 + range % 2 END AS BIGINT) AS x,
      range AS key, 'red' AS colour, '1' AS won FROM range(1000)) TO ${literal(path)} (FORMAT parquet)`),
  );
  expect(await forge(path, footerNumber(-88_881, 8), footerNumber(5, 8))).toBeGreaterThan(0);
  const table = { path, name: 'foreign', format: 'parquet', rowsMax: null, sourceDigest: 'd' } as const;
  const { manifest } = await withEngine({ tempDir: dir }, (engine) =>
    ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store, settings: { engine } }),
  );
  expect(manifest).toMatchObject({ rows: 990, ruleCounts: [{ ruleId: 'x.range', rows: 10 }] });
  const kept = await store.pathOf(manifest.quarantineDigest ?? '');
  const [row] = await withDuck({}, (duck) =>
    duck.rows(`SELECT CAST(json_extract(raw, '$.x') AS DOUBLE) AS x, CAST(count(*) AS DOUBLE) AS rows
      FROM read_parquet(${literal(kept)}) GROUP BY x`),
  );
  expect(row, 'and the quarantine has what stood there').toEqual({ x: -88_881, rows: 10 });
});

test('a connection has its own tables, its bound and times in UTC, and leaves the engine open', async () => {
  await withEngine({ threads: 1, tempDir: dir }, async (engine) => {
    for (const memoryMb of [100, 300]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is asked
      const [row] = await withDuck({ engine, memoryMb }, async (duck) => {
        await duck.run('CREATE TEMP TABLE checked AS SELECT 1');
        return duck.rows("SELECT current_setting('memory_limit') AS bound, current_setting('TimeZone') AS zone");
      });
      expect(row).toEqual({ bound: memoryMb === 100 ? '95.3 MiB' : '286.1 MiB', zone: 'UTC' });
    }
  });
});
