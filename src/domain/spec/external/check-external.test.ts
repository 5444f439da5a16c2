import { expect, test } from 'vitest';
import { command, worker } from '../../../sdk/declare/trainer/trainer.ts';
import { checkTrainer } from '../check-trainer.ts';
import { completeTrainer, foreignProcessOf, isExternal, isOwn, isTrainable, ownTrainerOf } from '../trainer-spec.ts';

const problemsOf = (input: Parameters<typeof completeTrainer>[0]) =>
  checkTrainer(completeTrainer(input)).map(({ path }) => path);

test('a program and a worker are declared by one word each, and the rest is usual', () => {
  const fraud = completeTrainer(command(['python', 'train.py'], { folder: 'fraud', settings: { depth: 6 } }));
  expect(fraud).toMatchObject({
    kind: 'command',
    argv: ['python', 'train.py'],
    folder: 'fraud',
    settings: { depth: 6 },
    timeMsMax: 3_600_000,
    refit: false,
    seed: 1,
    secrets: [],
  });
  const queued = completeTrainer(worker('perennial-gpu', { trainer: 'fraud', tag: 'a100', memoryGb: 20 }));
  expect(queued).toMatchObject({ kind: 'worker', queue: 'perennial-gpu', trainer: 'fraud', tag: 'a100', memoryGb: 20 });
  for (const trainer of [fraud, queued]) {
    expect([isTrainable(trainer), isExternal(trainer), isOwn(trainer)]).toEqual([true, true, false]);
    expect(() => ownTrainerOf(trainer)).toThrow('A program of somebody else trains this model.');
    expect(foreignProcessOf(trainer)).toMatchObject({ process: 'shared' });
    expect(checkTrainer(trainer)).toEqual([]);
  }
  expect(foreignProcessOf(completeTrainer({ kind: 'gbdt' }))).toBeNull();
});

test.each([
  ['no program', command([]), ['trainer.argv']],
  ['a NUL', command(['a\u0000b']), ['trainer.argv[0]']],
  ['a folder beside the root', command(['x'], { folder: '../other' }), ['trainer.folder']],
  ['a folder of the machine', command(['x'], { folder: '/etc' }), ['trainer.folder']],
  ['a way back in the middle', command(['x'], { folder: 'a/../../b' }), ['trainer.folder']],
  ['a lock elsewhere', command(['x'], { lock: '../lock' }), ['trainer.lock']],
  ['a secret that is no name', command(['x'], { secrets: ['HF_TOKEN'] }), ['trainer.secrets[0]']],
  ['a secret twice', command(['x'], { secrets: ['a', 'a'] }), ['trainer.secrets']],
  ['a secret in the place of PATH', command(['x'], { secrets: ['path'] }), ['trainer.secrets[0]']],
  ['a secret that loads code', command(['x'], { secrets: ['ld-preload'] }), ['trainer.secrets[0]']],
  ['no time', command(['x'], { timeMsMax: 0 }), ['trainer.timeMsMax']],
  ['no memory', command(['x'], { memoryBytesMax: 1 }), ['trainer.memoryBytesMax']],
  ['an image by tag', command(['x'], { image: 'python:3.12' }), ['trainer.image']],
  ['large settings', command(['x'], { settings: { text: 'x'.repeat(70_000) } }), ['trainer.settings']],
  ['no queue', worker('', { trainer: 'x' }), ['trainer.queue']],
  ['a queue with capitals', worker('GPU', { trainer: 'x' }), ['trainer.queue']],
  ['no trainer', worker('gpu', { trainer: '' }), ['trainer.trainer']],
  ['a tag with spaces', worker('gpu', { trainer: 'x', tag: 'a 100' }), ['trainer.tag']],
  ['more memory than there is', worker('gpu', { trainer: 'x', memoryGb: 1_000 }), ['trainer.memoryGb']],
])('%s is one problem, by its path', (_, trainer, paths) => {
  expect(problemsOf(trainer)).toEqual(paths);
});

test('a token of a service is a secret like any other', () => {
  expect(problemsOf(command(['x'], { secrets: ['github-token', 'hf-token', 'ldap-password'] }))).toEqual([]);
});
