import type { LossReference } from '../loss-reference.ts';

/** The champion with the smallest loss so far, by what its losses were right after its promotion. */
export interface BestReference {
  readonly version: number;
  /** The window in which its reference was fixed. */
  readonly window: number;
  readonly reference: LossReference;
  /** How many references it is the best of, itself among them: the smallest of many is small by chance as well. */
  readonly of: number;
  /** Target and loss that the references are of: others cannot be compared with them. */
  readonly question: string;
}

/**
 * The best after another reference was fixed. It begins anew when there is none (none yet, or a person has reset it),
 * and when target or loss are other ones than before; else the smaller mean loss stays, of two equal ones the earlier.
 */
export function withReference(best: BestReference | null, fixed: Omit<BestReference, 'of'>): BestReference {
  if (best === null || best.question !== fixed.question) return { ...fixed, of: 1 };
  return { ...(fixed.reference.mean < best.reference.mean ? fixed : best), of: best.of + 1 };
}
