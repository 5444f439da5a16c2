import { readSpecRevision } from '../../../src/db/models/specs.ts';
import { isSearch, type SearchSpec } from '../../../src/domain/spec/trainer-spec.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../../dependencies.ts';

export function planSearchActivities({ database }: Pick<ActivityDependencies, 'database'>) {
  /** What the definition says of a search: the workflow chooses its trials by that. */
  async function planSearch(input: { readonly model: string; readonly specRevision: number }): Promise<SearchSpec> {
    const { spec } = await readSpecRevision(database.db, input.model, input.specRevision);
    if (isSearch(spec.trainer)) return spec.trainer;
    throw new PerennialError('unsupported', `Revision ${input.specRevision} of ${input.model} searches nothing.`, {
      path: 'trainer.kind',
      hint: 'Start another training.',
    });
  }

  return { planSearch };
}
