import { expect, test } from 'vitest';
import { defaultRetrain } from '../default-spec.ts';
import { sayRetrain } from './say-retrain.ts';

test('what trains a model again, as it is usual and as it is declared', () => {
  const usual = defaultRetrain({ rows: 500 });
  expect(sayRetrain(usual)).toBe(
    'trained again when quality decays, when the definition changes, at 2 times the labelled rows; ' +
      'cooldown 1000 rows, 1 per 2500 rows',
  );
  const schedule = { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' };
  const declared = { ...usual, onDrift: true, growthFactor: null, newLabelledRows: 900, onSourceChange: true };
  expect(sayRetrain({ ...declared, schedule, staleAfter: { ms: 86_400_000 } })).toBe(
    'trained again when quality decays, when inputs drift, when the definition changes, when the source changes, ' +
      'at 900 new labelled rows, by "0 3 * * 1" (Europe/Berlin), after 1 d; cooldown 1000 rows, 1 per 2500 rows',
  );
  expect(sayRetrain({ ...usual, schedule: { ms: 86_400_000 } })).toContain(', every 1 d;');
  const never = { ...usual, onDecay: false, onSpecChange: false, growthFactor: null };
  expect(sayRetrain(never)).toBe('trained again only when a person asks');
});
