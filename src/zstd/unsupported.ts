import { PerennialError } from '../domain/words/errors.ts';

/** What is zstd, and more than can be unpacked here. */
export const unsupported = (why: string): PerennialError =>
  new PerennialError('unsupported', `what is packed with zstd ${why}, which this Node cannot give`, {
    hint: 'Pack it anew without `--long`, `--ultra` or `-D`, or run Node 22.15 or later.',
  });
