import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractDocumentOf, rowsSpecOf } from '../../../domain/contract/document/contract-document.ts';
import { parseContract } from '../../../contracts/spec/contract-document.ts';
import { diffSpecs, describeChange } from '../../../domain/spec/diff-spec.ts';
import { checkFile } from '../../contract/check-file.ts';
import { inferContract } from './infer-contract.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'infer-contract-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const settings = { memoryMb: 512 };

async function written(name: string, header: string, rows: readonly string[]): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, [header, ...rows, ''].join('\n'));
  return path;
}

const countries = ['DE', 'FR', 'NL'];
const header = 'amount,items,country,note,at,returned';
const row = (index: number) =>
  `${(index * 7) % 90}.${index % 10},${index % 8},${countries[index % 3] ?? ''},n${index % 400},` +
  `2026-01-${String(1 + (index % 28)).padStart(2, '0')}T10:00:00Z,${index % 4 === 0 ? 'yes' : 'no'}`;
const rows = Array.from({ length: 600 }, (_, index) => row(index));

test('a file gives a contract that all of its rows keep, and says what was assumed of how many', async () => {
  const path = await written('orders.csv', header, rows);
  const { spec, notes, rows: seen } = await inferContract({ path, target: 'returned', positive: 'yes', settings });
  expect(seen).toBe(600);
  const document = contractDocumentOf(spec);
  expect(parseContract(document)).toEqual(document);
  expect(document.features).toEqual([
    { name: 'amount', kind: 'number', missing: 'refuse', min: 0 },
    { name: 'items', kind: 'number', missing: 'refuse', integer: true, min: 0 },
    { name: 'country', kind: 'category', missing: 'refuse', values: countries },
    { name: 'note', kind: 'category', missing: 'refuse' },
    { name: 'at', kind: 'time', missing: 'refuse' },
  ]);
  expect(document.target).toEqual({ task: 'binary', column: 'returned', positive: 'yes', negative: 'no' });
  expect(notes[0]).toMatch(/^Assumed from 600 rows/);
  const checked = await checkFile({ path, spec: rowsSpecOf(document), unlabelled: 'refuse', settings });
  expect(checked).toMatchObject({ rows: 600, accepted: 600, quarantined: 0, verdict: 'accepted', rules: [] });
});

test('beside words a word for "no value" is one of a closed set, and no row loses it: Namibia', async () => {
  const values = ['DE', 'NA', 'ZA'];
  const path = await written(
    'cc.csv',
    'cc,x,won',
    Array.from(
      { length: 400 },
      (_, i) => `${i % 40 === 7 ? '' : (values[i % 3] ?? '')},${i % 7},${i % 4 ? 'no' : 'yes'}`,
    ),
  );
  const { spec, notes } = await inferContract({ path, target: 'won', positive: 'yes', settings });
  expect(spec.features[0]).toEqual({ name: 'cc', kind: 'category', missing: 'allow', values });
  expect(notes).toContain('cc has no value in 10 rows: it may be missing.');
  expect(notes.join('\n')).toContain('list the values without it where it means missing.');
});

test('against a contract, only what the file asks for is changed', async () => {
  const first = await written('before.csv', header, rows);
  const { spec } = await inferContract({ path: first, name: 'orders', target: 'returned', positive: 'yes', settings });
  const before = {
    ...spec,
    contract: {
      ...spec.contract,
      rules: [
        { rule: 'length', id: 'l', column: 'note', max: 4, severity: 'quarantine' },
        { rule: 'missingShare', id: 'm', column: 'at', shareMax: 0.1, severity: 'warn' },
      ] as const,
    },
  };
  const same = await inferContract({ path: first, against: before, settings });
  expect(contractDocumentOf(same.spec)).toEqual(contractDocumentOf(before));

  // A column of another name, a value out of its set, one below its bound, a fraction, a missing one, a long note.
  const changed = [...rows, '-3,1.5,AT,longer,x,yes', ',2,FR,n,x,maybe'];
  const second = await written('after.csv', header.replace(',at,', ',placed,'), changed);
  const after = await inferContract({ path: second, against: before, settings });
  const changes = diffSpecs(contractDocumentOf(before), contractDocumentOf(after.spec)).map(describeChange);
  expect(changes).toEqual([
    '~ features.amount.missing: "refuse" -> "allow"',
    '~ features.amount.min: 0 -> -3',
    '- features.items.integer: true',
    '~ features.country.values: ["DE","FR","NL"] -> ["DE","FR","NL","AT"]',
    expect.stringMatching(/^\+ features\.placed: /),
    '- features.at: {"kind":"time","missing":"refuse","name":"at"}',
    '- contract.rules.m: {"column":"at","id":"m","rule":"missingShare","severity":"warn","shareMax":0.1}',
  ]);
  expect(after.notes).toEqual(
    expect.arrayContaining([
      'at is gone.',
      'Gone with it: rule m.',
      'amount has no value in 1 row, first on line 603: it may be missing now.',
      'country has 1 new value in 1 row, first on line 602: AT.',
      'l is not kept by 1 row, first on line 602 (note has from 0 to 4 characters); the rule stays.',
      expect.stringMatching(/^returned\.label is not kept by 1 row, first on line 603 .* the rule stays\.$/),
    ]),
  );
});

test('a column of another kind takes along the rules that it cannot have, and a contract is printed', async () => {
  const first = await written('numbers.csv', header, rows);
  const { spec } = await inferContract({ path: first, name: 'orders', target: 'returned', positive: 'yes', settings });
  const digits = {
    rule: 'decimals',
    id: 'digits',
    column: 'amount',
    precision: 10,
    scale: 2,
    severity: 'warn',
  } as const;
  const length = { rule: 'length', id: 'l', column: 'note', max: 4, severity: 'warn' } as const;
  const before = { ...spec, contract: { ...spec.contract, rules: [digits, length] } };
  const path = await written(
    'texts.csv',
    header,
    rows.map((line, index) => line.replace(/^[^,]*/, `size ${'abc'.charAt(index % 3)}`)),
  );
  const after = await inferContract({ path, against: before, settings });
  expect(after.spec.contract.rules).toEqual([length]);
  expect(after.notes).toContainEqual(expect.stringMatching(/^Rule digits goes: /));
  expect(() => parseContract(contractDocumentOf(after.spec))).not.toThrow();
});

test('a file without labels keeps the target of the contract that it is held against', async () => {
  const first = await written('labelled.csv', header, rows);
  const { spec } = await inferContract({ path: first, name: 'orders', target: 'returned', positive: 'yes', settings });
  const bare = rows.map((line) => line.slice(0, line.lastIndexOf(',')));
  const path = await written('unlabelled.csv', header.replace(',returned', ''), bare);
  const after = await inferContract({ path, against: spec, settings });
  expect(contractDocumentOf(after.spec)).toEqual(contractDocumentOf(spec));
  expect(after.notes).toContain('The file has no returned: the target stays.');
});

test('a check says the rule, the rows, and the first lines as they stand', async () => {
  const path = await written('orders-2.csv', header, rows);
  const { spec } = await inferContract({ path, target: 'returned', positive: 'yes', settings });
  const dirty = await written('dirty.csv', header, [
    ...rows,
    ...Array.from({ length: 5 }, () => '-1,1,DE,n,x,no'),
    '1,2',
  ]);
  const checked = await checkFile({ path: dirty, spec, unlabelled: 'refuse', settings });
  expect(checked).toMatchObject({ rows: 606, accepted: 600, quarantined: 6, verdict: 'accepted' });
  expect(checked.rules.map(({ ruleId, rows: broken, line }) => [ruleId, broken, line])).toEqual([
    ['amount.range', 5, 602],
    ['at.type', 5, 602],
    ['row.shape', 1, 607],
  ]);
  expect(checked.rules[0]?.examples.map(({ line }) => line)).toEqual([602, 603, 604]);
  expect(JSON.parse(checked.rules[0]?.examples[0]?.raw ?? '')).toMatchObject({ amount: '-1', at: 'x' });
  expect(checked.rules[2]?.examples).toEqual([{ line: 607, raw: '1,2' }]);
});
