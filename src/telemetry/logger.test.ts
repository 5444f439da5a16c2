import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { PerennialError } from '../domain/words/errors.ts';
import { createLogger } from './logger.ts';

it('writes one line of JSON, with the code of an error and without secrets', () => {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = createLogger('control', 'info', sink);
  log.debug('not shown');
  log.info({ err: new PerennialError('conflict', 'a\nb'), token: 'abc' }, 'hello');
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(1);
  const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(entry).toMatchObject({
    level: 'info',
    name: 'control',
    msg: 'hello',
    token: '[redacted]',
    err: { code: 'conflict' },
  });
});
