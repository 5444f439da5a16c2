import { expect, test } from 'vitest';
import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import type { PageCall } from '../frame/page-call.ts';
import { Origin } from './origin.tsx';

const [own, first] = ['a'.repeat(64), 'b'.repeat(64)];
const page = {
  digest: own,
  model: 'lab',
  kind: 'history',
  specRevision: 1,
  createdAt: new Date('2026-05-02T08:00:00Z'),
  manifest: {
    sourceDigest: own,
    contractDigest: own,
    files: [],
    branched: { model: 'bank', snapshot: first, found: own },
  },
  source: { kind: 'file', path: 'lab.csv', format: 'csv' },
  runs: [],
  versions: [],
} as unknown as SnapshotPage;
const shownTo = (scope: string, manifest: object = {}): string =>
  String(
    Origin({
      call: { principal: { scope } } as unknown as PageCall,
      page: { ...page, manifest: { ...page.manifest, ...manifest } },
    }),
  );

test('what a line begins with is named as that, and led to where it may be seen', () => {
  const seen = shownTo('*');
  expect(seen).toContain('<dt>Begins with</dt>');
  expect(seen).toContain('bank');
  expect(seen).toContain(`href="/snapshots/${first}"`);
  expect(seen, 'of its own source nothing was read for it').not.toContain('lab.csv');
  expect(shownTo('lab')).not.toContain(`href="/snapshots/${first}"`);
});

test('any other snapshot names its source and begins with nothing', () => {
  const seen = shownTo('*', { branched: undefined });
  expect(seen).toContain('lab.csv');
  expect(seen).not.toContain('Begins with');
});
