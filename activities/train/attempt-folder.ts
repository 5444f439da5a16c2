import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { files } from '../../src/trainers/prepare/folder.ts';

/** The folder of one attempt: empty, but for a checkpoint that all attempts share, so that a killed one is taken up. */
export async function folderOfAttempt(base: string, attempt: number): Promise<string> {
  const folder = path.join(base, `attempt-${attempt}`);
  const { checkpoint } = files;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await mkdir(path.join(base, checkpoint), { recursive: true });
  await symlink(path.join('..', checkpoint), path.join(folder, checkpoint), 'dir');
  return folder;
}
