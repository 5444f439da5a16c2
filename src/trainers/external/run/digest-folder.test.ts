import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestFile, digestFolder } from './digest-folder.ts';

let place = '';
let code = '';
beforeAll(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'perennial-digest-')));
  code = join(place, 'code');
  await mkdir(join(code, 'lib'), { recursive: true });
  await writeFile(join(code, 'train.py'), 'print()');
  await writeFile(join(code, 'lib', 'rows.py'), '');
  await writeFile(join(place, 'outside.lock'), 'outside');
  await symlink(join(place, 'outside.lock'), join(code, 'out.lock'));
  await symlink('train.py', join(code, 'in.lock'));
  await symlink('/dev/zero', join(code, 'endless.lock'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

test('code has the digest of its files, whatever tools leave beside them', async () => {
  const before = await digestFolder(code);
  expect(before).toMatch(/^sha256:[0-9a-f]{64}$/);
  await mkdir(join(code, '__pycache__'));
  await writeFile(join(code, '__pycache__', 'train.pyc'), 'bytes');
  expect(await digestFolder(code)).toBe(before);
  await writeFile(join(code, 'lib', 'rows.py'), 'pass');
  expect(await digestFolder(code)).not.toBe(before);
});

test('folders without end have none', async () => {
  const many = join(place, 'many');
  for (let folder = 0; folder < 5_000; folder++) await mkdir(join(many, String(folder)), { recursive: true });
  expect(await digestFolder(many)).toBeNull();
});

test('a lock file is one of its folder', async () => {
  expect(await digestFile(code, 'in.lock')).toBe(`sha256:${createHash('sha256').update('print()').digest('hex')}`);
});

test.each([
  ['gone.lock', 'is not there'],
  ['out.lock', 'leads out of its folder'],
  ['endless.lock', 'leads out of its folder'],
  ['lib', 'is no file of at most 256 MiB'],
])('%s %s', async (name, why) => {
  await expect(digestFile(code, name)).rejects.toMatchObject({
    code: 'invalid_data',
    path: 'trainer.lock',
    message: `The lock file "${name}" of the trainer ${why}.`,
  });
});
