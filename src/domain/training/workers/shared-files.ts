/** A file of a training as it travels: by the digest of its bytes. */
export interface SharedFile {
  /** Below the folder of the trainer, with `/`. */
  readonly path: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly bytes: number;
}

/** Whether files were given to a worker, or made by it. */
export const shareSides = ['given', 'made'] as const;
export type ShareSide = (typeof shareSides)[number];

/** Files that one run may upload over all of its attempts. */
export const madeFilesMax = 200;
/** Times the limit of one fit that a run may upload in all: attempts that failed have uploaded as well. */
export const madeTimesMax = 16;

const prefix = 'sha256:';
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** The store's name of a digest as the protocol says it. */
export function hexOf(digest: string): string {
  return digest.startsWith(prefix) ? digest.slice(prefix.length) : digest;
}

export function digestOf(hex: string): string {
  return `${prefix}${hex}`;
}
