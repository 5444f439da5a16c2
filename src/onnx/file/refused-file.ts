import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/** A model that is not taken: `what` follows "The model", and the hint says how the file must be made. */
export function refusedFile(what: string, hint: string, cause?: unknown): PerennialError {
  return new PerennialError('unsupported', `The model ${what}.`, {
    path: 'model',
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Names for a sentence; no more than eight of them. */
export function listed(values: readonly { readonly name: string }[]): string {
  const names = values.slice(0, 8).map(({ name }) => `"${cut(name, 80)}"`);
  return values.length > 8 ? `${names.join(', ')} and ${values.length - 8} more` : names.join(', ');
}
