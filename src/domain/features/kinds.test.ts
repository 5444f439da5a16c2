import { describe, expect, test } from 'vitest';
import type { FeatureKind, FeatureSpec } from '../spec/spec.ts';
import { boundsOf, kindOf, kinds, valuesOf } from './kind-of.ts';

const features: Readonly<Record<FeatureKind, FeatureSpec>> = {
  number: { kind: 'number', name: 'amount', missing: 'allow', min: 2, max: 5, integer: true },
  category: { kind: 'category', name: 'shop', missing: 'refuse', values: ['a', 'b'] },
  boolean: { kind: 'boolean', name: 'new', missing: 'allow' },
  time: { kind: 'time', name: 'at', missing: 'allow' },
};

describe.each(Object.values(features))('$kind', (feature) => {
  const kind = kindOf(feature.kind);

  test('bears the name under which it is found, and accepts its own example', () => {
    expect(kind.name).toBe(feature.kind);
    expect(kind.problemOf(feature)).toBeNull();
    expect(valuesOf(feature)?.includes(String(kind.exampleOf(feature))) ?? true).toBe(true);
  });

  test('makes a feature of its own kind and keeps what it has a place for', () => {
    const made = kind.featureOf(feature, { ...boundsOf(feature), values: valuesOf(feature) ?? [] });
    expect(made).toMatchObject({ kind: feature.kind, name: feature.name, missing: feature.missing });
    expect(boundsOf(made).integer).toBe(boundsOf(feature).integer);
  });

  test('what has an order is a number, and text has none', () => {
    expect(kind.isOrdered).toBe(kind.constant.type === 'number');
    expect(kind.isText).toBe(kind.constant.type === 'string');
    expect(kind.isQuantity && !kind.isOrdered).toBe(false);
  });
});

test('every kind has a feature here', () => {
  expect(Object.keys(features)).toEqual(Object.keys(kinds));
});

test('a declaration that cannot be met is named with its place', () => {
  expect(kinds.number.problemOf({ kind: 'number', name: 'n', missing: 'allow', min: 2, max: 1 })?.at).toBe('');
  expect(kinds.category.problemOf({ kind: 'category', name: 'c', missing: 'allow', values: [] })?.at).toBe('.values');
  const twice = kinds.category.problemOf({ kind: 'category', name: 'c', missing: 'allow', values: ['a', 'a'] });
  expect(twice?.message).toBe('c lists a value twice');
});
