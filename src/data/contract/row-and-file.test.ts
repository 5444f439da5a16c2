import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRowCheck, judgedByScanOnly } from '../../domain/contract/check-row.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import type { ContractRule, FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { cellsOf, lineOf, quoted } from '../../../tests/worlds/dirty-lines.ts';
import { dirtyContract, dirtyRow, type DirtyRow } from '../../../tests/worlds/dirty-rows.ts';
import { compilePattern } from '../../domain/cells/pattern.ts';
import { withDuck } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import { checkRows } from './check-rows.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'row-and-file-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;

/** By line, the ids of the rules that set a row aside in a scan, without those that only a scan can judge. */
async function scanned(spec: ModelSpec, text: string, format: DataFormat): Promise<readonly (readonly string[])[]> {
  const path = join(dir, `rows-${files++}.${format}`);
  await writeFile(path, text);
  const settings = { tempDir: dir, memoryMb: 512 };
  return withTable(path, { expected: format, encoding: 'utf-8', settings }, (table) =>
    withDuck(settings, async (duck) => {
      const { rules, rejected } = await checkRows(duck, table, spec, { unlabelled: 'refuse' });
      expect(rejected).toBe(0);
      const warning = new Set(rules.filter(({ severity }) => severity === 'warn').map(({ id }) => id));
      const left = new Set(judgedByScanOnly(spec));
      const rows = await duck.rows('SELECT ids FROM checked ORDER BY n');
      return rows.map(({ ids }) => (ids as string[]).filter((id) => !warning.has(id) && !left.has(id)));
    }),
  );
}

function judged(spec: ModelSpec, rows: readonly DirtyRow[]): readonly (readonly string[])[] {
  const check = compileRowCheck(spec);
  const left = new Set(judgedByScanOnly(spec));
  return rows.map((row) => check(row).filter((id) => !left.has(id)));
}

/** Rows whose ids differ, with what either side says. */
function differences(rows: readonly DirtyRow[], row: readonly unknown[], file: readonly unknown[]): readonly unknown[] {
  return rows.flatMap((given, index) =>
    JSON.stringify(row[index]) === JSON.stringify(file[index])
      ? []
      : [{ given: JSON.stringify(given), row: row[index], file: file[index] }],
  );
}

/** The first row has a place in time: a batch in which none has is judged otherwise. */
const timed: DirtyRow = { happened: '2024-05-03', at: '2024-05-03T14:03:00Z' };

function batch(seed: string, rows: number): { readonly spec: ModelSpec; readonly rows: readonly DirtyRow[] } {
  const random = createRandom(seed);
  return { spec: dirtyContract(random), rows: [timed, ...Array.from({ length: rows }, () => dirtyRow(random))] };
}

describe('a row that came by a request and the same row of a file', () => {
  test.each(Array.from({ length: 24 }, (_, index) => `ndjson ${index}`))('%s', async (seed) => {
    const { spec, rows } = batch(seed, 400);
    const file = await scanned(spec, `${rows.map(lineOf).join('\n')}\n`, 'ndjson');
    expect(file).toHaveLength(rows.length);
    expect(differences(rows, judged(spec, rows), file)).toEqual([]);
    // What breaks nothing, or breaks everything in the same way, would prove nothing.
    expect(new Set(file.flat()).size).toBeGreaterThan(8);
    expect(file.some((ids) => ids.length === 0) || file.some((ids) => ids.length === 1)).toBe(true);
  });

  test.each(Array.from({ length: 12 }, (_, index) => `csv ${index}`))('%s', async (seed) => {
    const { spec, rows } = batch(seed, 400);
    const texts = rows.map(cellsOf);
    const names = ['id', ...new Set(texts.flatMap((row) => Object.keys(row)))];
    const lines = texts.map((row, index) => [String(index), ...names.slice(1).map((name) => quoted(row[name] ?? ''))]);
    const file = await scanned(
      spec,
      [names.map(quoted), ...lines].map((cells) => cells.join(',')).join('\n') + '\n',
      'csv',
    );
    expect(file).toHaveLength(rows.length);
    expect(differences(texts, judged(spec, texts), file)).toEqual([]);
    expect(new Set(file.flat()).size).toBeGreaterThan(8);
  });

  const changes: readonly (readonly [string, (spec: ModelSpec) => ModelSpec])[] = [
    ['a bound', (spec) => withFeature(spec, 'amount', { min: -1, max: 99 })],
    ['a missing policy', (spec) => withFeature(spec, 'truth', { missing: 'refuse' })],
    ['a closed set', (spec) => withFeature(spec, 'closed', { values: ['DE'] })],
    ['the order of dates', (spec) => withFeature(spec, 'due', { dateOrder: 'month-first' })],
    ['a pattern', (spec) => withRule(spec, 'p0', { pattern: 'x+' })],
    ['a length', (spec) => withRule(spec, 'l0', { max: 3 })],
    ['a scale', (spec) => withRule(spec, 'd0', { scale: 0 })],
    ['an expression', (spec) => withRule(spec, 'e0', { expression: 'amount > 1' })],
    ['a sign', (spec) => withRule(spec, 'c1', { op: '=' })],
    ['a constant', (spec) => withRule(spec, 'c4', { right: { value: '2024-05-03T14:03:00Z' } })],
  ];
  test.each(changes)('differ where one of the two has %s otherwise', async (_, change) => {
    const { spec, rows } = batch('planted', 400);
    const strict = { ...spec, contract: { ...spec.contract, rules: spec.contract.rules.map(quarantining) } };
    const file = await scanned(strict, `${rows.map(lineOf).join('\n')}\n`, 'ndjson');
    expect(differences(rows, judged(strict, rows), file)).toEqual([]);
    expect(differences(rows, judged(change(strict), rows), file)).not.toEqual([]);
  });
});

function quarantining(rule: ContractRule): ContractRule {
  return { ...rule, severity: 'quarantine' } as ContractRule;
}

function withFeature(spec: ModelSpec, name: string, change: object): ModelSpec {
  const features = spec.features.map((one) => (one.name === name ? ({ ...one, ...change } as FeatureSpec) : one));
  return { ...spec, features };
}

function withRule(spec: ModelSpec, id: string, change: object): ModelSpec {
  const rules = spec.contract.rules.map((one) => (one.id === id ? ({ ...one, ...change } as ContractRule) : one));
  return { ...spec, contract: { ...spec.contract, rules } };
}

test('a letter that Unicode has had since 2023 is one to the row alone, and every other one to both', async () => {
  const letter = String.raw`\p{L}`;
  const isLetter = compilePattern(letter);
  const rows = await withDuck({ memoryMb: 512 }, (duck) =>
    duck.rows(`SELECT i, regexp_full_match(chr(i), '${letter}') AS file FROM (
      SELECT CAST(range AS INTEGER) AS i FROM range(1, 1114112)) WHERE i NOT BETWEEN 55296 AND 57343`),
  );
  const differing = rows.filter(({ i, file }) => isLetter(String.fromCodePoint(Number(i))) !== file);
  expect(differing.filter(({ file }) => file)).toEqual([]);
  // Of the first planes these came with Unicode 15.1 to 17: blocks of scripts that are new, and a few letters.
  const first = differing.map(({ i }) => Number(i)).filter((i) => i < 0x10000);
  expect(first.map((i) => i.toString(16))).toEqual(
    '88f c5c cdc 1c89 1c8a a7cb a7cc a7cd a7ce a7cf a7d2 a7d4 a7da a7db a7dc a7f1'.split(' '),
  );
  expect(differing.length).toBeGreaterThan(first.length);
});
