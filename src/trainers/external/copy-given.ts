import { constants, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { externalFiles } from '../../domain/training/external.ts';
import { files, type Prepared } from '../prepare/folder.ts';

/** The champion's file, for a program that begins with it or is to beat it: a copy, so that ours cannot be changed. */
export async function copyGiven(prepared: string, into: string, { champion }: Prepared): Promise<void> {
  if (champion === undefined) return;
  const target = join(into, externalFiles.champion);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(prepared, files.champion), target, constants.COPYFILE_FICLONE);
}
