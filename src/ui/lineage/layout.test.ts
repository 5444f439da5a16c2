import { expect, test } from 'vitest';
import type { LineageNode } from '../../domain/record/lineage/lineage.ts';
import { box, layOut } from './layout.ts';

const node = (kind: LineageNode['kind'], key: string, distance: number): LineageNode => ({
  kind,
  key,
  distance,
  text: key,
  at: null,
});
const [version, snapshot, rollout] = [node('version', '2', 0), node('snapshot', 'a', 1), node('rollout', '2/1', 1)];

test('what it came from stands left of it, what came of it right, and lines join them', () => {
  const drawn = layOut({
    nodes: [version, snapshot, rollout],
    edges: [
      { from: snapshot, to: version },
      { from: version, to: rollout },
    ],
  });
  const xOf = (of: LineageNode) => drawn.placed.find((one) => one.node === of)?.x;
  expect([snapshot, version, rollout].map(xOf)).toEqual([0, box.width + box.gapX, 2 * (box.width + box.gapX)]);
  expect(drawn.lines.map(({ from, to }) => [from.node.key, to.node.key])).toEqual([
    ['a', '2'],
    ['2', '2/1'],
  ]);
  expect(drawn).toMatchObject({ height: box.height, left: 0 });
});

test('a column that is too long is cut, and says how much is left to the table', () => {
  const many = Array.from({ length: 40 }, (_, i) => node('window', String(i), 1));
  const drawn = layOut({ nodes: [version, ...many], edges: many.map((to) => ({ from: version, to })) });
  expect(drawn.placed).toHaveLength(13);
  expect(drawn.lines).toHaveLength(12);
  expect(drawn.left).toBe(28);
});
