import { putReason, type CandidateKey } from '../../src/db/trainers/experiments.ts';
import { cut } from '../../src/domain/words/cut.ts';
import { charsMax } from '../../src/domain/words/limits.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function failCandidateActivities({ database }: Pick<ActivityDependencies, 'database'>) {
  /** That a candidate came to nothing, and why; the others go on. */
  async function failCandidate({ reason, ...key }: CandidateKey & { readonly reason: string }): Promise<void> {
    await putReason(database.db, key, cut(reason, charsMax.words));
  }

  return { failCandidate };
}
