import { PerennialError } from '../src/domain/words/errors.ts';

type Merged<G extends readonly object[]> = G extends readonly [infer First, ...infer Rest extends readonly object[]]
  ? First & Merged<Rest>
  : unknown;

/**
 * Several sets of activities as one. Temporal knows an activity by its name alone, so two of one name are refused
 * before a worker starts: a spread would let the second silently do the work of the first.
 */
export function mergeActivities<G extends readonly object[]>(...sets: G): Merged<G> {
  const merged = new Map<string, unknown>();
  for (const set of sets) {
    for (const [name, verb] of Object.entries(set)) {
      if (merged.has(name)) {
        throw new PerennialError('configuration', `Two activities are named ${name}.`, {
          hint: 'Rename one of them where it is made, in activities/.',
        });
      }
      merged.set(name, verb);
    }
  }
  return Object.fromEntries(merged) as Merged<G>;
}
