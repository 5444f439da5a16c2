import { expect, test } from 'vitest';
import { attentionOf } from './attention.ts';

const champion = {
  version: 1,
  modelDigest: '',
  profileDigest: '',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
};
const entry = {
  model: 'a',
  revision: 1,
  specRevision: 1,
  champion,
  challenger: null,
  stage: 'steady',
  rollout: null,
  challengerWeight: 0,
  salt: '',
  leaseUntilMs: null,
} as const;
const well = {
  entry,
  rollout: null,
  alerts: { critical: 0, warning: 0, info: 3 },
  frozen: null,
  isPaused: false,
  lastWindow: null,
};

test('a model that is well asks for nothing, whatever it tells', () => {
  expect(attentionOf(well)).toEqual({ level: 0, reasons: [] });
});

test('who waits for a person comes before what hurts, and both before what stands still', () => {
  const held = { version: 2, attempt: 1, status: 'held', heldSince: null, reason: null } as const;
  const levels = [
    attentionOf({ ...well, frozen: 'kill' }),
    attentionOf({ ...well, rollout: held }),
    attentionOf({ ...well, alerts: { critical: 1, warning: 0, info: 0 } }),
    attentionOf({ ...well, alerts: { critical: 0, warning: 2, info: 0 } }),
    attentionOf({ ...well, entry: null }),
    attentionOf({ ...well, frozen: 'freeze' }),
    attentionOf({ ...well, isPaused: true }),
    attentionOf(well),
  ].map((attention) => attention.level);
  expect(levels).toEqual(levels.toSorted((a, b) => b - a));
  expect(new Set(levels).size).toBe(levels.length);
});

test('everything that asks is said, worst first', () => {
  const attention = attentionOf({ ...well, alerts: { critical: 1, warning: 2, info: 0 }, isPaused: true });
  expect(attention.reasons).toEqual([
    { about: 'alerts', text: '1 critical alert open' },
    { about: 'alerts', text: '2 warning alerts open' },
    { about: 'pause', text: 'paused: no automatic training' },
  ]);
});
