import { expect, test } from 'vitest';
import { mergeActivities } from './merge-activities.ts';

const deliver = async (): Promise<string> => 'first';

test('sets of activities become one', async () => {
  const merged = mergeActivities({ deliver }, { judge: async () => 1 });
  expect(Object.keys(merged)).toEqual(['deliver', 'judge']);
  expect(await merged.deliver()).toBe('first');
});

test('two of one name are refused with one sentence, since the second would do the work of the first', () => {
  expect(() => mergeActivities({ deliver }, { deliver: async () => 'second' })).toThrow(
    'Two activities are named deliver.',
  );
});
