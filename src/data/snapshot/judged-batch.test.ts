import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import type { BatchHistory } from '../../domain/contract/batch/batch-facts.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ContractRule, ModelSpec } from '../../domain/spec/spec.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { ingestTable, type IngestResult } from './ingest-table.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'judged-batch-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const specWith = (rules: readonly ContractRule[]): ModelSpec =>
  completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'number', name: 'amount', missing: 'allow' },
      { kind: 'category', name: 'country', missing: 'allow' },
    ],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    contract: { rules, quarantineShareMax: 0.5 },
  });

interface Made {
  readonly rows?: number;
  readonly shift?: number;
  readonly scale?: number;
  readonly missing?: number;
  readonly german?: number;
  readonly header?: string;
}

/** A table of a seed, with one thing otherwise. */
function table(seed: string, made: Made = {}): string {
  const { rows = 1_000, shift = 0, scale = 1, missing = 0.1, german = 0.5, header = 'amount,country,note,won' } = made;
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const amount = random.next() < missing ? '' : String(100 + 20 * scale * (random.next() - 0.5) + shift);
    return [amount, random.next() < german ? 'DE' : 'FR', 'x', random.next() < 0.5 ? 'yes' : 'no'].join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}

async function ingested(
  rules: readonly ContractRule[],
  text: string,
  before: readonly IngestResult[] = [],
): Promise<IngestResult> {
  const path = join(dir, `${sha256(text).slice(0, 16)}.csv`);
  await writeFile(path, text);
  const history: BatchHistory = {
    before: before.map(({ digest, manifest }) => {
      const rows = manifest.rows + manifest.quarantinedRows;
      const { profile, sourceColumns = null } = manifest;
      return { digest, rows, facts: { rows, profile, sourceColumns } };
    }),
    named: new Map(),
  };
  return ingestTable({
    spec: specWith(rules),
    specRevision: 1,
    table: { path, name: 'the file', format: 'csv', rowsMax: null, sourceDigest: sha256(text) },
    workDir: join(dir, 'work'),
    store,
    history,
  });
}

const severity = 'reject';
const of = { column: 'amount', severity } as const;
const rules: readonly ContractRule[] = [
  { rule: 'rowCountHistory', id: 'rows', batches: 2, factor: 2, severity },
  { rule: 'schemaChange', id: 'schema', mayAdd: false, severity },
  { rule: 'meanShift', id: 'mean', ...of, deviationsMax: 0.5 },
  { rule: 'spreadShift', id: 'spread', ...of, factorMax: 1.5 },
  { rule: 'missingChange', id: 'missing', ...of, changeMax: 0.05 },
  { rule: 'shareChange', id: 'share', column: 'country', severity, changeMax: 0.1 },
  { rule: 'distance', id: 'far', ...of, distanceMax: 0.2 },
  { rule: 'distance', id: 'far-country', column: 'country', severity, distanceMax: 0.1 },
];
const warning = rules.map((rule) => ({ ...rule, severity: 'warn' }) as ContractRule);

describe('a batch of a file against the batches before', () => {
  let first: IngestResult;
  let second: IngestResult;
  beforeAll(async () => {
    first = await ingested(rules, table('first'));
    second = await ingested(rules, table('second'), [first]);
  });

  test('is taken where there is none, and nothing is called kept', () => {
    expect(first.manifest.batchChecks?.map(({ verdict }) => verdict)).toEqual(rules.map(() => 'not-yet'));
    expect(first.manifest.ruleCounts).toEqual([]);
  });

  test('is kept where it is as they were, and waits for a second one to count rows', () => {
    expect(second.manifest.batchChecks?.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`)).toEqual([
      'rows not-yet',
      ...rules.slice(1).map(({ id }) => `${id} kept`),
    ]);
    expect(second.manifest.batchChecks?.[1]?.against).toEqual([first.digest]);
  });

  test.each<[Made, readonly string[]]>([
    [{ rows: 300 }, ['rows']],
    [{ shift: 10 }, ['mean', 'far']],
    [{ scale: 2 }, ['spread']],
    [{ missing: 0.3 }, ['missing']],
    [{ german: 0.8 }, ['share', 'far-country']],
    [{ header: 'amount,country,remark,won' }, ['schema']],
  ])('with %j breaks %j: it warns, or is refused', async (made, broken) => {
    const text = table('third', made);
    const warned = await ingested(warning, text, [second, first]);
    expect(warned.manifest.ruleCounts.map(({ ruleId }) => ruleId)).toEqual(broken);
    const refused = ingested(rules, text, [second, first]);
    await expect(refused).rejects.toMatchObject({ code: 'contract_rejected' });
    await expect(refused).rejects.toThrow(new RegExp(`${broken[0]}, broken: `));
  });

  test('that a rule cannot be asked of does not pass', async () => {
    const text = table('third', { missing: 1 });
    await expect(ingested([rules[2] as ContractRule], text, [second])).rejects.toThrow(
      'mean, could not be asked: this batch has no mean of amount',
    );
    const warned = await ingested([warning[2] as ContractRule], text, [second]);
    expect(warned.manifest.ruleCounts[0]?.about).toBe('could not be asked: this batch has no mean of amount');
  });

  test('has the same digest as often as it is read', async () => {
    expect((await ingested(rules, table('second'), [first])).digest).toBe(second.digest);
  });

  test('keeps nothing of it where no rule asks', async () => {
    const { manifest } = await ingested([], table('first'), [first]);
    expect(manifest).not.toHaveProperty('batchChecks');
    expect(manifest).not.toHaveProperty('sourceColumns');
  });
});

describe('a rule that tolerates a share of rows', () => {
  const tolerant: ContractRule = {
    rule: 'compare',
    id: 'small',
    left: 'amount',
    op: '<',
    right: { value: 1_000 },
    severity: 'reject',
    tolerance: 0.02,
  };
  const withLarge = (rows: number) =>
    table('tolerated').replaceAll(/^\d+\.\d+/gm, (amount, at: number) =>
      large.add(at) && large.size <= rows ? '5000' : amount,
    );
  let large = new Set<number>();

  test.each([
    [20, 'taken'],
    [21, 'refused'],
  ])('%i of 1,000: %s', async (rows, fate) => {
    large = new Set();
    const taken = ingested([tolerant], withLarge(rows));
    if (fate === 'refused') return expect(taken).rejects.toThrow('small 21, first on line');
    const { manifest } = await taken;
    expect([manifest.rows, manifest.quarantinedRows]).toEqual([980, 20]);
    return expect(manifest.ruleCounts).toMatchObject([
      { ruleId: 'small', severity: 'quarantine', rows: 20, about: 'amount < 1000; 2 % of the rows may break it' },
    ]);
  });
});

test('squares beyond a double cost a spread, and no batch', async () => {
  const spread = warning.filter(({ rule }) => rule === 'spreadShift');
  const { manifest } = await ingested(spread, 'amount,country,won\n1e300,DE,yes\n-1e300,DE,no\n');
  expect(manifest.profile[0]).toMatchObject({ min: -1e300, max: 1e300 });
  expect(manifest.profile[0]).not.toHaveProperty('deviation');
});

describe('figures of a column', () => {
  const countries = Array.from({ length: 130 }, (_, row) => `${row},c${String(row % 120).padStart(3, '0')},yes`);
  const text = `amount,country,won\n${countries.join('\n')}\n,,no\n`;

  test('are kept where a rule asks for them', async () => {
    const { manifest } = await ingested(warning, text);
    const [amount, country, won] = manifest.profile;
    // Of 0 to n - 1 the variance is (n² - 1) / 12.
    expect(amount?.deviation).toBeCloseTo(Math.sqrt((130 ** 2 - 1) / 12), 12);
    expect(country?.top).toHaveLength(100);
    expect(country?.top?.slice(9, 11)).toEqual([
      { value: 'c009', rows: 2 },
      { value: 'c010', rows: 1 },
    ]);
    expect(won?.top).toHaveLength(2);
  });

  test('are those of every summary where none does', async () => {
    const { manifest } = await ingested([rules[0] as ContractRule], text);
    expect(manifest.profile[0]).not.toHaveProperty('deviation');
    expect(manifest.profile[1]?.top).toHaveLength(5);
  });
});
