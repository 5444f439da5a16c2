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
const version = node('version', '2', 0);
const [snapshot, rollout, window] = [node('snapshot', 'a', 1), node('rollout', '2/1', 1), node('window', '3', 1)];
const rowHeight = box.height + box.gapY;

test('what it came from stands above it, what came of it below, and lines join them', () => {
  const drawn = layOut({
    nodes: [version, snapshot, rollout],
    edges: [
      { from: snapshot, to: version },
      { from: version, to: rollout },
    ],
  });
  const yOf = (of: LineageNode) => drawn.placed.find((one) => one.node === of)?.y;
  expect([snapshot, version, rollout].map(yOf)).toEqual([0, rowHeight, 2 * rowHeight]);
  expect(drawn.lines.map(({ from, to }) => [from.node.key, to.node.key])).toEqual([
    ['a', '2'],
    ['2', '2/1'],
  ]);
  expect(drawn).toMatchObject({ width: box.width, left: 0 });
});

test('every line leads down, also where one thing leads to another of as few steps', () => {
  const drawn = layOut({
    nodes: [version, snapshot, window],
    edges: [
      { from: snapshot, to: version },
      { from: window, to: version },
      { from: window, to: snapshot },
    ],
  });
  expect(drawn.lines).toHaveLength(3);
  for (const { from, to } of drawn.lines) expect(from.y).toBeLessThan(to.y);
});

test('a row that is too long is cut, and says how much is left to the table', () => {
  const many = Array.from({ length: 40 }, (_, i) => node('window', String(i), 1));
  const drawn = layOut({ nodes: [version, ...many], edges: many.map((to) => ({ from: version, to })) });
  expect(drawn.placed).toHaveLength(6);
  expect(drawn.lines).toHaveLength(5);
  expect(drawn.left).toBe(35);
});

test('a circle, which there is not, ends', () => {
  const edges = [
    { from: version, to: window },
    { from: window, to: version },
  ];
  expect(layOut({ nodes: [version, window], edges }).placed).toHaveLength(2);
});
