import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { literal } from '../../src/data/duck/sql.ts';
import type { RepairSpec } from '../../src/domain/spec/spec.ts';
import type { ProgressNote } from '../../src/data/snapshot/ingest-progress.ts';
import { ingestTable } from '../../src/data/snapshot/ingest-table.ts';

/** Rows of which each part is checked by itself. */
export const rowsPerPart = 400;

/** A text of six parts, with rows that break a rule, lines that are none, and keys that stand in several parts. */
export function textInParts(): string {
  const lines = ['at,key,amount,won'];
  for (let row = 0; row < 2_100; row++) {
    const at = new Date(1.7e12 + ((row * 7_919) % 2_100) * 1_000).toISOString();
    lines.push(`${at},k${row % 1_900},${row % 97 === 0 ? 'much' : (row % 613) / 4},${row % 3 === 0 ? 'yes' : 'no'}`);
    if (row % 500 === 250) lines.push('one cell');
  }
  return `${lines.join('\n')}\n`;
}

/** The same cells as Parquet, in one group of rows, without the lines that are none: 22 amounts are below zero. */
export async function writeParquetInParts(path: string): Promise<void> {
  await withDuck({}, (duck) =>
    duck.run(`COPY (SELECT make_timestamp((1700000000 + (i * 7919) % 2100) * 1000000) AS at, 'k' || (i % 1900) AS key,
      CASE WHEN i % 97 = 0 THEN -1.0 ELSE (i % 613) / 4 END AS amount,
      CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END AS won FROM range(2100) AS rows(i))
      TO ${literal(path)} (FORMAT parquet)`),
  );
}

/**
 * Brings `<dir>/table.csv` (or `.parquet`) to a snapshot. Whoever takes part in it by itself has a work folder of its
 * own.
 */
export async function ingestInParts(
  dir: string,
  name: string,
  progress?: ProgressNote,
  repairs: readonly RepairSpec[] = [],
  format: 'csv' | 'parquet' = 'csv',
) {
  const spec = completeSpec({
    name: 'parts',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    source: { kind: 'file', path: `table.${format}`, format },
    features: [
      { kind: 'number', name: 'amount', missing: 'allow', min: 0 },
      { kind: 'category', name: 'key', missing: 'refuse' },
    ],
    eventTime: { column: 'at' },
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    contract: {
      quarantineShareMax: 1,
      rules: [{ rule: 'unique', id: 'once', columns: ['key'], severity: 'quarantine' }],
    },
    ...(repairs.length === 0 ? {} : { repairs }),
  });
  return ingestTable({
    spec,
    specRevision: 1,
    table: {
      path: join(dir, `table.${format}`),
      name: `table.${format}`,
      format,
      rowsMax: null,
      sourceDigest: 'a'.repeat(64),
      contentDigest: 'a'.repeat(64),
    },
    workDir: join(dir, name),
    store: createArtifactStore(join(dir, 'store')),
    nowMs: 0,
    rowsPerPart: progress === undefined ? 1_000_000 : rowsPerPart,
    ...(progress === undefined ? {} : { progress }),
  });
}

/** How often the scan of `textInParts` says how far it has come: behind each full part, and at its end. */
export const scanStops = 6;

/** As a process of its own: says how far it has come on a line each, and stays where it is after so many. */
async function asProcess(dir: string, toldMax: number, format: 'csv' | 'parquet'): Promise<void> {
  let told = 0;
  const note: ProgressNote = {
    known: undefined,
    tell: (progress) => {
      process.stdout.write(`${JSON.stringify(progress)}\n`);
      told++;
      if (told === toldMax) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  };
  await ingestInParts(dir, 'killed', note, [], format);
}

const [, script = '', dir = '', toldMax = '', format] = process.argv;
if (import.meta.url === pathToFileURL(script).href) {
  await asProcess(dir, Number(toldMax), format === 'parquet' ? format : 'csv');
}
