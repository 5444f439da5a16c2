import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isSameProcess, processStartToken } from './process-lock.mjs';

/**
 * A scratch folder of this process alone, `<folder>/<pid>-<start>`; those of processes that are gone are removed.
 * Several workers may share the state folder of one machine.
 */
export async function makeScratchFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const [pid = '', startToken = ''] = name.split('-', 2);
    if (isSameProcess(Number(pid), decodeURIComponent(startToken))) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
  const own = path.join(folder, `${process.pid}-${encodeURIComponent(processStartToken(process.pid) ?? '')}`);
  await mkdir(own, { recursive: true });
  return own;
}
