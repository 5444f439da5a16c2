import { expect, test } from 'vitest';
import { specOf } from '../../../tests/worlds/two-models.ts';
import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { edgeSignatureOf } from '../edge/edge-signature.ts';
import { readRow } from '../edge/read-row.ts';
import { viewColumnsOf } from './view-columns.ts';

const pinned = (name: string, digest: string, on: readonly string[] = ['card']): FeatureSpec => ({
  name,
  kind: 'number',
  missing: 'refuse',
  from: { view: 'cards', feature: `${name}Of`, digest, on },
});
const spec = (...features: readonly FeatureSpec[]): ModelSpec => ({
  ...specOf('m'),
  entity: { column: 'card' },
  features: [{ name: 'shop', kind: 'category', missing: 'allow' }, ...features],
});

test('a cell is filled from the revision that the champion takes; what that does not know, from the latest', () => {
  const champion = spec(pinned('age', 'old'));
  const latest = spec(pinned('age', 'new'), pinned('spend', 'new', ['shop', 'card']));
  const edge = edgeSignatureOf(latest, champion);
  const found = viewColumnsOf(edge, [champion, latest, null]);
  expect(found.map(({ digest, cells }) => [digest, cells])).toEqual([
    ['old', [{ feature: 'ageOf', isText: false, index: 0 }]],
    ['new', [{ feature: 'spendOf', isText: false, index: 1 }]],
  ]);
  // No row is refused for what is looked up after it was read.
  const row = readRow(edge, { card: 'c-1', shop: 's' }, 'rows[0]');
  expect(found.map(({ keyOf }) => keyOf(row))).toEqual([['c-1'], ['s', 'c-1']]);
});

test('a feature that a row has to bring is no cell of a view', () => {
  const own: FeatureSpec = { name: 'age', kind: 'number', missing: 'allow' };
  const edge = edgeSignatureOf(spec(pinned('age', 'new')), spec(own));
  expect(viewColumnsOf(edge, [spec(own), spec(pinned('age', 'new'))])).toEqual([]);
});
