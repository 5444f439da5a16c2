import { describe, expect, test } from 'vitest';
import { PerennialError } from './domain/words/errors.ts';
import { nameWhatIsAway } from './main-failure.ts';

const url = 'postgres://perennial:hunter2@db.example:6432/perennial';
const failed = (cause: Error): Error => new Error('Failed query: lock table installation', { cause });

describe('what is away is named with its setting', () => {
  test('a Postgres that refuses, also through two addresses of one name', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:6432'), { code: 'ECONNREFUSED' });
    for (const error of [refused, failed(refused), new AggregateError([refused, refused], '')]) {
      expect(nameWhatIsAway(error, url)).toMatchObject({
        code: 'unavailable',
        path: 'DATABASE_URL',
        message: 'Postgres at db.example:6432/perennial does not answer (connect ECONNREFUSED ::1:6432).',
      });
    }
  });

  test('a wrong password is a setting to correct, and is not said', () => {
    const error = failed(
      Object.assign(new Error('password authentication failed for user "perennial"'), { code: '28P01' }),
    );
    expect(nameWhatIsAway(error, url)).toMatchObject({ code: 'configuration', path: 'DATABASE_URL' });
    expect(String(nameWhatIsAway(error, url))).not.toContain('hunter2');
    expect(String(nameWhatIsAway(error, 'hunter2 is no url'))).not.toContain('hunter2');
  });

  test('a Temporal that went away after it was connected', () => {
    const error = new Error('Failed to start Workflow', {
      cause: new Error('14 UNAVAILABLE: ECONNREFUSED 127.0.0.1:7233'),
    });
    error.name = 'ServiceError';
    expect(nameWhatIsAway(error, url)).toMatchObject({
      code: 'unavailable',
      path: 'TEMPORAL_ADDRESS',
      message: expect.stringContaining('14 UNAVAILABLE'),
    });
  });

  test('anything else stays what it is', () => {
    const bug = new TypeError('x is not a function');
    const known = new PerennialError('configuration', 'said already');
    expect([nameWhatIsAway(bug, url), nameWhatIsAway(known, url)]).toEqual([bug, known]);
  });
});
