import { expect, test } from 'vitest';
import type { SourceSpec } from '../../spec/source-spec.ts';
import { isBehindLift } from './behind-lift.ts';

const query = { kind: 'postgres', secret: 's', query: 'select 1' } as const;
const sources: readonly (readonly [name: string, source: SourceSpec, isReadWhole: boolean])[] = [
  ['a file', { kind: 'file', path: 'x.csv', format: 'csv' }, true],
  ['a query that is read whole', query, true],
  ['a query with a cursor', { ...query, cursor: { column: 'at', tieBreaker: 'id' } }, false],
  ['a folder', { kind: 'folder', path: 'x', format: 'csv' }, false],
  ['a bucket', { kind: 's3', url: 's3://b/x/', format: 'csv' }, false],
  ['pushed rows', { kind: 'push' }, false],
  ['a topic', { kind: 'kafka', brokers: ['b:9092'], topic: 't', format: 'json' }, false],
  ['several', { kind: 'union', members: { a: { kind: 'push' } } }, false],
];

test.each(sources)('%s is read again after a lift only if it is read whole', (_, source, isReadWhole) => {
  expect(isBehindLift(source, {}, 0)).toBe(false);
  expect(isBehindLift(source, {}, 1)).toBe(isReadWhole);
  expect(isBehindLift(source, { liftedErasures: 1 }, 1)).toBe(false);
  expect(isBehindLift(source, { liftedErasures: 1 }, 2)).toBe(isReadWhole);
  // A restored database may know of fewer than its snapshots do.
  expect(isBehindLift(source, { liftedErasures: 2 }, 1)).toBe(false);
});
