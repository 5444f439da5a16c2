import { namesThatMayOperate } from '../../access/names-that-may.ts';
import type { Db } from '../../db/base/connect.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMany } from '../../domain/words/say.ts';

/**
 * Throws `invalid_spec` where those whom the definition names could approve nothing today: too few of them have a live
 * token that may operate the model, or with four eyes the only one who has is who applies. A token that is made or
 * revoked later changes who can, and no definition.
 */
export async function refuseUnapprovable(db: Db, { name: model, rollout }: ModelSpec, actor: string): Promise<void> {
  const { approval } = rollout;
  if (approval?.by === undefined) return;
  const able = await namesThatMayOperate(db, model, approval.by);
  const unable = approval.by.filter((name) => !able.has(name));
  const path = 'rollout.approval.by';
  if (able.size < approval.people)
    throw new PerennialError(
      'invalid_spec',
      `rollout.approval.by: ${sayMany(approval.people, 'person', 'people')} must approve, and ${unable.join(', ')} ` +
        `${unable.length === 1 ? 'has' : 'have'} no live token that may operate "${model}".`,
      { path, hint: 'Make the tokens first (`perennial token create`), or name others (`perennial token list`).' },
    );
  if (approval.fourEyes && able.size === 1 && able.has(actor))
    throw new PerennialError(
      'invalid_spec',
      `rollout.approval.by: four eyes are asked for, and nobody but ${actor}, who declares it, could approve.`,
      { path, hint: 'Name somebody else too.' },
    );
}
