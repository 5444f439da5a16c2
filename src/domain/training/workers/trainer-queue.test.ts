import { expect, test } from 'vitest';
import { mayFit, memoryClassOf, memoryClassesGb, trainerQueueOf, trainerQueuesOf } from './trainer-queue.ts';

test('the queue of a fit says its tag and its memory, rounded up to a class', () => {
  expect(trainerQueueOf('perennial-fits', {})).toBe('perennial-fits');
  expect(trainerQueueOf('perennial-fits', { tag: 'a100' })).toBe('perennial-fits-a100');
  expect(trainerQueueOf('perennial-fits', { memoryGb: 20 })).toBe('perennial-fits-32g');
  expect(trainerQueueOf('perennial-fits', { tag: 'a100', memoryGb: 32 })).toBe('perennial-fits-a100-32g');
});

test('a class holds what was asked for, and none holds more than the largest', () => {
  expect([0.5, 1, 1.01, 17, 256, 257].map(memoryClassOf)).toEqual([1, 1, 2, 32, 256, null]);
  expect([...memoryClassesGb].toSorted((left, right) => left - right)).toEqual([...memoryClassesGb]);
});

test('a worker serves each of its tags, and none, in every class up to its own memory', () => {
  expect(trainerQueuesOf({ queue: 'q', tags: ['a100'], memoryGb: 5 })).toEqual([
    'q',
    'q-1g',
    'q-2g',
    'q-4g',
    'q-a100',
    'q-a100-1g',
    'q-a100-2g',
    'q-a100-4g',
  ]);
  expect(trainerQueuesOf({ queue: 'q', tags: [], memoryGb: null })).toEqual(['q']);
  expect(trainerQueuesOf({ queue: 'q', tags: ['x', 'x'], memoryGb: 0 })).toEqual(['q', 'q-x']);
});

test('a fit is for whoever serves its queue, its tag and its class', () => {
  const place = { queue: 'q', tags: ['a100'], memoryGb: 40 };
  expect(mayFit(place, { queue: 'q' })).toBe(true);
  expect(mayFit(place, { queue: 'q', tag: 'a100', memoryGb: 20 })).toBe(true);
  expect(mayFit(place, { queue: 'q', memoryGb: 33 })).toBe(false);
  expect(mayFit(place, { queue: 'q', tag: 'h100' })).toBe(false);
  // A queue of another name is another queue, whatever the names come to when they are joined.
  expect(mayFit({ queue: 'q-a100', tags: [], memoryGb: null }, { queue: 'q', tag: 'a100' })).toBe(false);
});
