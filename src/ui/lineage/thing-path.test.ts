import { expect, test } from 'vitest';
import type { LineageName } from '../../domain/record/lineage/lineage.ts';
import { qualifiedName } from '../../domain/record/lineage/qualified-name.ts';
import { runPath } from '../words/format.ts';
import { thingPath } from './thing-path.ts';

const things: readonly (readonly [LineageName['kind'], string])[] = [
  ['version', '3'],
  ['run', 'train/MODEL/4'],
  ['run', 'ingest/MODEL/91aa03f7/2'],
  ['run', 'import/MODEL/91aa03f7'],
  ['rollout', '3/1'],
];

test.each(['fraud', 'train', 'ingest', 'rollout', 'import', '7', 'payments.fraud'])(
  'a thing of a model called %s has the same page in the lineage of a view',
  (model) => {
    for (const [kind, written] of things) {
      const name = { kind, key: written.replace('MODEL', model) };
      const path = thingPath({ model, isOfView: false }, name);
      expect(thingPath({ model: 'cards', isOfView: true }, qualifiedName(model, name))).toBe(path);
      expect(path).toContain(kind === 'run' ? runPath(name.key) : `/models/${model}/`);
    }
  },
);

test('a snapshot has its page by its digest, and a window none', () => {
  const digest = 'a'.repeat(64);
  for (const isOfView of [true, false]) {
    expect(thingPath({ model: 'cards', isOfView }, { kind: 'snapshot', key: digest })).toBe(`/snapshots/${digest}`);
    expect(thingPath({ model: 'cards', isOfView }, { kind: 'window', key: 'fraud/3' })).toBeNull();
  }
});
