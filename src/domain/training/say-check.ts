import { sayCount, sayNumber, sayShare } from '../words/say.ts';
import type { UndecidedAction } from '../spec/closed-sets.ts';
import type { Held } from './gate-check.ts';
import type { BoundMethod } from './sample-bounds.ts';

const methodWords: Readonly<Record<BoundMethod, string>> = {
  'clopper-pearson': 'Clopper and Pearson',
  gaffke: 'Gaffke',
};

/** `with 95 % confidence at least 0.7 (Gaffke)`; `bound` is written already, and `side` is what it bounds. */
export function sayBound({ alpha, method }: Held, side: string, bound: string): string {
  return `with ${sayShare(1 - alpha)} confidence ${side} ${bound} (${methodWords[method]})`;
}

/** `met`, `missed`, or what more rows would show. */
export function sayVerdict({ verdict, estimate, rowsNeeded }: Held, limit: number, rows = 'test rows'): string {
  if (verdict === 'pass') return 'met';
  if (verdict === 'fail') return 'missed';
  if (rowsNeeded === null) return 'not decided, and no test would have the rows to decide it';
  const shown = estimate > limit ? 'met' : 'missed';
  return `not decided, about ${sayCount(rowsNeeded)} more ${rows} would show that it is ${shown}`;
}

/** `0.012 better`, `0.003 worse`, `equal`. */
export function sayDifference(difference: number): string {
  if (difference === 0) return 'equal';
  return `${sayNumber(Math.abs(difference))} ${difference > 0 ? 'better' : 'worse'}`;
}

/** What becomes of a candidate that test rows leave open. */
export function sayUndecided(action: UndecidedAction): string {
  return action === 'ask' ? 'a person decides' : 'the candidate waits for more rows';
}
