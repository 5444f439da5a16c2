import { PerennialError } from '../../domain/words/errors.ts';

/** What a request says at a place and may not say there; the message names the place too. */
export function refusedAt(path: string, message: string): PerennialError {
  return new PerennialError('invalid_request', message, { path });
}
