import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCounts, keptBlocks } from '../../bench/judgement/rollout/rollout-blocks.ts';
import { ours, tallyRollouts } from '../../bench/judgement/rollout/rollout-tally.ts';
import { rolloutWorlds } from '../../bench/judgement/rollout/rollout-worlds.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-tally-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function world(name: string) {
  const found = rolloutWorlds.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no world ${name}`);
  return found;
}
const rollouts = 4;

test('what was played is kept, line by line, and is not played again', async () => {
  const file = path.join(folder, 'kept.jsonl');
  const played = { world: world('ties'), riskRatio: 1, isImpatient: false };
  const counts = tallyRollouts(played, rollouts, file);
  const kept = await readFile(file, 'utf8');
  expect(kept.trim().split('\n')).toHaveLength(1);
  expect(counts).toEqual(tallyRollouts(played, rollouts, null));
  // A kill may cut the last line off.
  const line = JSON.parse(kept);
  await writeFile(file, `${JSON.stringify({ ...line, stopped: { [ours]: 3 } })}\n${kept.slice(0, 40)}`);
  expect(tallyRollouts(played, rollouts, file).stopped[ours]).toBe(3);
  // What is played next stands behind it, and on a line of its own.
  await writeFile(file, kept.trim().slice(0, 40));
  tallyRollouts(played, rollouts, file);
  expect(keptBlocks(file, 'ties', line.probe)).toEqual(new Map([[0, line]]));
});

test('one case does not count for another, and what other rules have judged is refused', async () => {
  const file = path.join(folder, 'other.jsonl');
  const block = { case: 'ties', from: 0, probe: 1, rollouts: 500, stopped: { [ours]: 2 }, soon: {} };
  await writeFile(file, `${JSON.stringify(block)}\n`);
  expect(keptBlocks(file, 'ties', 1)).toEqual(new Map([[0, block]]));
  expect(keptBlocks(file, '1 % failures', 1)).toEqual(new Map());
  expect(keptBlocks(file, 'ties', 2)).toBe('stale');
  expect(addCounts(block, { rollouts: 5, stopped: { [ours]: 1, other: 4 }, soon: {} })).toEqual({
    rollouts: 505,
    stopped: { [ours]: 3, other: 4 },
    soon: {},
  });
});

test('where labels of one class come late, waiting for mature rows is what keeps equals from being stopped', () => {
  const late = { world: world('labels of one class 1,000 rows late'), riskRatio: 1 };
  expect(tallyRollouts({ ...late, isImpatient: false }, rollouts, null).stopped[ours]).toBe(0);
  expect(tallyRollouts({ ...late, isImpatient: true }, rollouts, null).stopped[ours]).toBe(rollouts);
});
