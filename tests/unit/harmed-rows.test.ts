import { expect, test } from 'vitest';
import { promotionWorlds, rowsOf as promotionRows } from '../../bench/judgement/rollout/promotion-worlds.ts';
import { gateWorlds, rowsOf as gateRows } from '../../bench/judgement/training/gate-worlds.ts';
import { harmedRows } from '../../bench/judgement/training/harmed-rows.ts';

const rows = 500;
const harms = [0, 0.5, 2];

// The truth of a world is measured on rows that are drawn once: were they others than those that are judged, every
// promise would be held against a harm of another world.
test.each(gateWorlds.filter(({ alikeAt }) => alikeAt !== undefined))('$name: the rows of the gate', (world) => {
  const many = harmedRows({ rows, seed: 'truth', noise: 0.35 });
  for (const harm of harms) expect(many(world.alikeAt ?? 0, harm)).toEqual(gateRows(world.draw, rows, harm, 'truth'));
});

test.each(promotionWorlds.filter(({ noisierAt }) => noisierAt !== undefined))('$name: those of a rollout', (world) => {
  const many = harmedRows({ rows, seed: 'truth', noise: 0.3 });
  for (const harm of harms)
    expect(many(world.noisierAt ?? 0, harm)).toEqual(promotionRows({ ...world, runRows: 1 }, rows, harm, 'truth'));
});
