/** True for an error of a file or a folder that is not there. What cannot be read for another reason is not nothing. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
