import { expect, test } from 'vitest';
import { PerennialError } from '../domain/words/errors.ts';
import { askChild } from './ask-child.ts';

const silent = (signal: NodeJS.Signals | null) => new PerennialError('timeout', `It was ended by ${signal}.`);

test('a child says what it found, in a code of ours', async () => {
  await expect(askChild('main-import', { job: 'none' }, { timeoutMs: 60_000, silent })).rejects.toMatchObject({
    code: 'unsupported',
    path: 'model',
  });
});

test('a child that nobody waits for any more ends before it answers', async () => {
  const signal = AbortSignal.abort();
  await expect(askChild('main-import', { job: 'none' }, { timeoutMs: 60_000, silent, signal })).rejects.toMatchObject({
    message: 'It was ended by SIGKILL.',
  });
});
