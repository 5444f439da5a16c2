import { retrainBlocks, type RetrainBlock } from '../../domain/watch/decide-retrain.ts';
import { expect, test } from 'vitest';
import type { DecisionLine } from '../../db/pages/model-story.ts';
import { blockWord, foldDecisions } from './fold-decisions.ts';

function decision(windowNumber: number, blockedBy: RetrainBlock | null, retrain = false): DecisionLine {
  return {
    key: `window/${windowNumber}`,
    windowNumber,
    retrain,
    trigger: blockedBy === null ? null : 'drift',
    blockedBy,
    reason: `reason ${windowNumber}`,
    considered: [],
    runId: null,
    createdAt: new Date(windowNumber),
  };
}

test('neighbours with one cause are one line that says how many and which windows', () => {
  const folded = foldDecisions([
    decision(9, 'cooldown'),
    decision(8, 'cooldown'),
    decision(7, 'cooldown'),
    decision(6, null, true),
    decision(5, null),
  ]);
  expect(folded.map(({ count, fromWindow, toWindow }) => [count, fromWindow, toWindow])).toEqual([
    [3, 7, 9],
    [1, 6, 6],
    [1, 5, 5],
  ]);
  expect(folded[0]?.latest.reason).toBe('reason 9');
});

test('two trainings are never one line, and another cause in between parts two runs of one', () => {
  expect(foldDecisions([decision(3, null, true), decision(2, null, true)])).toHaveLength(2);
  expect(foldDecisions([decision(3, 'budget'), decision(2, 'labels'), decision(1, 'budget')])).toHaveLength(3);
});

test('every block has a word, and so has none', () => {
  for (const blockedBy of retrainBlocks) expect(blockWord({ blockedBy, trigger: 'drift' })).toMatch(/^[a-z ]+$/);
  expect(blockWord({ blockedBy: null, trigger: null })).toBe('nothing asked for it');
});
