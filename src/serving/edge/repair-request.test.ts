import { expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { ModelSpec, RepairSpec } from '../../domain/spec/spec.ts';
import { repair } from '../../sdk/index.ts';
import { edgeSignatureOf } from './edge-signature.ts';
import { planInputs } from './pick-inputs.ts';
import { readRow } from './read-row.ts';
import { repairsKey } from './repair-request.ts';

const specOf = (repairs: readonly RepairSpec[]): ModelSpec =>
  completeSpec({
    name: 'fraud',
    about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse' },
      { kind: 'category', name: 'channel', missing: 'refuse', values: ['web', 'shop'] },
      { kind: 'boolean', name: 'night', missing: 'allow' },
    ],
    entity: { column: 'card' },
    target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    repairs,
  });

const spec = specOf([
  repair.castTo('amount', 'number'),
  repair.clip('amount', { max: 1_000 }),
  repair.fill('amount', { constant: 5 }),
  repair.trim('channel'),
  repair.toCase('channel', 'lower'),
  repair.castTo('night', 'boolean'),
  repair.trim('card'),
  repair.toCase('label', 'lower'),
  repair.dropRows('channel', '=', 'shop'),
]);
const edge = edgeSignatureOf(spec, spec);
const clean = { amount: 1000, channel: 'shop', night: true, card: 'c-1' };

test('a dirty request is read as the clean one, and says which of its fields were repaired', () => {
  const { numbers, texts, entity } = readRow(edge, clean, 'rows[0]');
  const dirty = readRow(edge, { amount: '$ 1,234.50', channel: ' SHOP\u00a0', night: 'on', card: ' c-1' }, 'rows[0]');
  expect(dirty).toMatchObject({ numbers, texts, entity, repaired: ['amount', 'channel', 'night', 'card'] });
  expect(readRow(edge, clean, 'rows[0]')).not.toHaveProperty('repaired');
});

test('what is missing is filled before it is asked for, and null and words for it are the same', () => {
  for (const amount of [undefined, null, 'n/a'])
    expect(readRow(edge, { ...clean, amount }, 'rows[0]').numbers[0]).toBe(5);
});

test('what no repair makes right is refused as it stands', () => {
  expect(() => readRow(edge, { ...clean, amount: 'many' }, 'rows[0]')).toThrow(
    'rows[0].amount must be a number, not "many"',
  );
  expect(() => readRow(edge, { ...clean, channel: ' phone ' }, 'rows[0]')).toThrow(
    'rows[0].channel is "phone", which is none',
  );
  expect(() => readRow(edge, { ...clean, label: 'FRAUD' }, 'rows[0]')).toThrow('unknown field "label"');
});

test('a text that is too long is refused before a repair looks at it', () => {
  const long = ' '.repeat(5_000);
  for (const name of ['amount', 'channel', 'night', 'card'])
    expect(() => readRow(edge, { ...clean, [name]: `${long}1` }, 'rows[0]')).toThrow(
      `rows[0].${name} is longer than 4096 characters`,
    );
});

test('a definition without repairs reads a row as before', () => {
  const plain = edgeSignatureOf(specOf([]), specOf([]));
  expect(plain).toMatchObject({ repairs: null, otherRepairs: [] });
  expect(() => readRow(plain, { ...clean, amount: '5' }, 'rows[0]')).toThrow('must be a number');
});

test('a version sees what it was trained behind, whatever the newest definition repairs', () => {
  const newest = specOf([repair.unit('amount', { from: 'lb', to: 'kg' }), repair.toCase('channel', 'lower')]);
  const before = specOf([repair.clip('amount', { max: 10 })]);
  const both = edgeSignatureOf(newest, before, [newest]);
  const row = readRow(both, { amount: 100, channel: 'WEB' }, 'rows[0]');
  expect(row).toMatchObject({ repaired: ['amount', 'channel'], texts: ['web'] });
  expect(row.numbers[0]).toBe(45.359237);
  const seen = (of: ModelSpec) => planInputs(both, signatureOf(of), repairsKey(of))(row);
  expect(seen(newest)).toBe(row);
  expect([...seen(before).numbers]).toEqual([10, NaN]);
  expect(seen(before).texts).toEqual(['WEB']);
});

test('a version that was trained without repairs sees the row as it came', () => {
  const newest = specOf([repair.unit('amount', { from: 'lb', to: 'kg' })]);
  const both = edgeSignatureOf(newest, specOf([]));
  const row = readRow(both, { amount: 100, channel: 'web' }, 'rows[0]');
  expect([...planInputs(both, signatureOf(specOf([])), repairsKey(specOf([])))(row).numbers]).toEqual([100, NaN]);
});
