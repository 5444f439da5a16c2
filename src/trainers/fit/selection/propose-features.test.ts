import { expect, test } from 'vitest';
import { derive } from '../../../domain/features/expressions/evaluate.ts';
import { kindOfExpression } from '../../../domain/features/expressions/kind-of-expression.ts';
import { signatureOf } from '../../../domain/spec/signature.ts';
import type { FeatureSpec } from '../../../domain/spec/spec.ts';
import { columnFrom, columnsOf } from '../../../onnx/run/columns.ts';
import { fixtureTargets } from '../../../../tests/worlds/training-fixture.ts';
import { proposeFeatures } from './propose-features.ts';

const numbers = Array.from({ length: 9 }, (_, at): FeatureSpec => ({
  name: `n${at}`,
  kind: 'number',
  missing: 'allow',
}));
const words = Array.from({ length: 6 }, (_, at): FeatureSpec => ({
  name: `c${at}`,
  kind: 'category',
  missing: 'allow',
}));
const times = Array.from({ length: 3 }, (_, at): FeatureSpec => ({ name: `t${at}`, kind: 'time', missing: 'allow' }));
const features = [...numbers, ...words, ...times];
const signature = signatureOf({ features, target: fixtureTargets.binary });
const columns = columnsOf(
  4,
  features.map((feature) => columnFrom(feature, feature.kind === 'category' ? ['a', 'a', 'b', null] : [1, 2, 3, 4])),
);
const ranked = features.map(({ name }) => name);

test('proposals are bounded, and each is an expression that a definition may hold', () => {
  const proposals = proposeFeatures(signature, columns, { from: 0, to: 4 }, ranked);
  expect(proposals).toHaveLength(74);
  const inputs = new Map(features.map(({ name, kind }) => [name, kind]));
  const kinds = proposals.map(({ expression }) => kindOfExpression(expression, inputs));
  expect(kinds.filter((found) => !('kind' in found))).toEqual([]);
  expect(new Set(proposals.map(({ name }) => name)).size).toBe(proposals.length);
});

test('a frequency is the share of the word among the training rows, and 0 for one that was not seen', () => {
  const proposals = proposeFeatures(signature, columns, { from: 0, to: 4 }, ['c0']);
  expect(proposals.map(({ name }) => name)).toEqual(['frequency(c0)']);
  const of = (word: string | null) => proposals.map(({ expression }) => derive(expression, () => word));
  expect(of('a')).toEqual([0.5]);
  expect(of('b')).toEqual([0.25]);
  expect(of('never seen')).toEqual([0]);
  expect(of(null)).toEqual([Number.NaN]);
});

test('what the definition computes already is not proposed', () => {
  const derived = [
    {
      name: 'own',
      kind: 'number',
      expression: {
        op: 'difference',
        of: [
          { op: 'column', name: 'n0' },
          { op: 'column', name: 'n1' },
        ],
      },
    },
  ] as const;
  const names = proposeFeatures({ ...signature, derived }, columns, { from: 0, to: 4 }, ['n0', 'n1']).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['ratio(n0, n1)', 'ratio(n1, n0)', 'product(n0, n1)']);
});
