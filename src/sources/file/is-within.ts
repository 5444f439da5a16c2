import path from 'node:path';

/** True for the folder itself and all below it; a folder whose name only begins alike is another one. */
export function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
