import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';

/** True when the folder is there and this process may write in it. */
export function isWritableFolder(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first folder that can be made and written; undefined when none can. */
export async function firstWritableFolder(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    await mkdir(folder, { recursive: true }).catch(() => {});
    if (await isWritableFolder(folder)) return folder;
  }
  return undefined;
}
