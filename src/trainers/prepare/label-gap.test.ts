import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256OfFile } from '../../artifacts/digest.ts';
import { ingestTable } from '../../data/snapshot/ingest-table.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { readTable } from './read-table.ts';
import { splitByTime } from './split-by-time.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gap-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const begin = Date.UTC(2026, 0, 1);
const iso = (minute: number) => new Date(begin + minute * 60_000).toISOString();

/** Rows a minute apart, whose labels come five minutes late. */
async function gapOf(name: string, cellOf: (minute: number) => string): Promise<number> {
  const path = join(dir, `${name}.csv`);
  const rows = Array.from({ length: 600 }, (_, i) => `${cellOf(i)},${i % 7},${i % 3 === 0 ? 'yes' : 'no'}`);
  await writeFile(path, `at,x,won\n${rows.join('\n')}\n`);
  const spec = completeSpec({
    name: 'gap',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { ms: 5 * 60_000 } },
    source: { kind: 'file', path, format: 'csv' },
    eventTime: { column: 'at' },
  });
  const store = createArtifactStore(join(dir, 'store'));
  const table = { path, name: path, format: 'csv', rowsMax: null, sourceDigest: await sha256OfFile(path) } as const;
  const { manifest } = await ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store });
  const read = await readTable(spec, [await store.pathOf(manifest.files[0]?.sha256 ?? '')]);
  return splitByTime(read.table, spec.split, spec.target.labelDelay, true).gapRows;
}

test.each<[string, (minute: number) => string]>([
  ['times alone', iso],
  ['one word for no time', (minute) => (minute === 300 ? '9999-12-31' : iso(minute))],
  ['times before 1973', (minute) => new Date(minute * 60_000).toISOString()],
  ['seconds', (minute) => String((begin + minute * 60_000) / 1_000)],
  [
    'milliseconds with a word for no time',
    (minute) => String(minute === 300 ? 253_402_214_400_000 : begin + minute * 60_000),
  ],
  ['nanoseconds', (minute) => `${begin + minute * 60_000}000000`],
])('the gap before validation and test is the delay of the labels: %s', async (name, cellOf) => {
  expect(await gapOf(name.replaceAll(' ', '-'), cellOf)).toBe(2 * 4);
});
