import type { TrainerSpec } from '../../spec/trainer-spec.ts';
import { isExternal, isGoneOnFrom, isTrainable } from '../../spec/trainer-spec.ts';

/**
 * Why a version of this trainer cannot be fitted again, as the end of a sentence about it; null where it can. The card
 * names the command by it, and the run that is asked for refuses by it.
 */
export function whyNotAgain(trainer: TrainerSpec, origin: string): string | null {
  if (origin === 'imported' || !isTrainable(trainer)) return 'came as a file, and nothing here has made it';
  if (isExternal(trainer)) return 'was made by a program of somebody else, which alone can make it again';
  if (isGoneOnFrom(trainer)) return 'goes on from the champion of its day, so it is not made of its rows alone';
  return null;
}
