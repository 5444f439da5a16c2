import type { Person } from '../../src/domain/record/runs.ts';
import { parseOccasion } from '../../src/domain/record/occasion.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { authorityOf } from '../../src/db/people/command-authority.ts';
import type { DecideInput } from './decide-input.ts';

/**
 * Who asks for a decision, as the row of the command says; `person` is null where the platform asks by itself. Null for
 * a word that came through Temporal without an authorised command of that kind, model and target.
 */
export async function authorised(tx: Db, input: DecideInput): Promise<{ readonly person: Person | null } | null> {
  const { model, person, commandId } = input;
  if (person !== null) {
    const asked = await authorityOf(tx, { model, kinds: ['retrain'], commandId: person.commandId });
    if (asked === null) return null;
    const { actor: by, reason, row } = asked;
    return { person: { commandId: asked.commandId, by, reason, rollout: row.body['rollout'] !== false } };
  }
  if (commandId === undefined) return { person: null };
  const occasion = parseOccasion(input.key);
  if (occasion?.of !== 'apply') return null;
  const found = await readSpecRevision(tx, model, occasion.specRevision).catch((error: unknown) => {
    if (isPerennialError(error) && error.code === 'not_found') return null;
    throw error;
  });
  if (found === null) return null;
  const isAimedAt = ({ body }: { readonly body: Record<string, unknown> }): boolean => body['digest'] === found.digest;
  const told = await authorityOf(tx, { model, kinds: ['apply'], commandId, isAimedAt });
  return told === null ? null : { person: null };
}
