import { describe, expect, test } from 'vitest';
import { listNames, nearestName } from './nearest-name.ts';

const verbs = [
  'apply',
  'status',
  'predict',
  'retrain',
  'train',
  'approve',
  'abort',
  'rollback',
  'pause',
  'resume',
  'history',
  'token',
  'dev',
  'demo',
  'open',
  'run',
];

describe('what was probably meant', () => {
  test.each([
    ['statsu', 'status'],
    ['stauts', 'status'],
    ['aply', 'apply'],
    ['retain', 'retrain'],
    ['Rollback', 'rollback'],
    ['rollbck', 'rollback'],
    ['tokn', 'token'],
    ['dve', 'dev'],
    ['histroy', 'history'],
    ['aprrove', 'approve'],
  ])('%s is %s', (wanted, name) => {
    expect(nearestName(wanted, verbs)).toBe(name);
  });

  test.each(['x', 'go', 'up', 'ls', 'new', 'help', 'stop', 'start', 'deploy', 'list', 'prune', 'restart', 'delete'])(
    '%s is none of them',
    (wanted) => {
      expect(nearestName(wanted, verbs)).toBeNull();
    },
  );

  test('the nearest wins, and two letters must agree', () => {
    expect(nearestName('fraud-v', ['fraud-v2', 'fraud-v'])).toBe('fraud-v');
    expect(nearestName('ab', ['ac', 'AB'])).toBe('AB');
    expect(nearestName('ab', ['ac'])).toBeNull();
    expect(nearestName('', verbs)).toBeNull();
  });
});

test('long lists are cut, with the number of the rest', () => {
  expect(listNames(['a', 'b'])).toBe('a, b');
  expect(listNames(Array.from({ length: 43 }, (_, i) => `m${i}`))).toMatch(/m39 and 3 more$/);
});
