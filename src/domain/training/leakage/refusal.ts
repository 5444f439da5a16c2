import { PerennialError } from '../../words/errors.ts';
import { sayMany } from '../../words/say.ts';
import { suspicionName } from './allowance.ts';
import type { LeakageSuspicion } from './suspicion.ts';

/** How the reason of a training begins that nothing but a person's word will let go. */
const beginning = 'waits for a person: ';
const toldMax = 3;

/** What a training ends with whose features look as if they knew the target. `suspicions` has one at least. */
export function leakageRefusal(suspicions: readonly LeakageSuspicion[]): PerennialError {
  const told = suspicions.slice(0, toldMax).map((one) => `${one.text} (${suspicionName(one)})`);
  const more = suspicions.length - told.length;
  return new PerennialError(
    'leakage_suspected',
    beginning + told.join(' ') + (more > 0 ? ` ${sayMany(more, 'more column')} as well.` : ''),
  );
}

/** Whether that is the reason of a run, as its workflow tells it. */
export function isLeakageRefusal(reason: string): boolean {
  return reason.startsWith(beginning);
}
