import type { Db } from '../../db/base/connect.ts';
import { refusalOfMove } from '../../db/routing/moves-by-hand.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/**
 * Throws unless this person may alone put a version in charge by hand; going back to one that was is everybody's who
 * may operate.
 */
export async function refuseAlone(
  db: Db,
  { model, version }: { readonly model: string; readonly version: number },
  actor: string,
): Promise<void> {
  const refusal = await refusalOfMove(db, { model, version, actor });
  if (refusal !== null)
    throw new PerennialError(refusal.code, refusal.message, { path: 'version', hint: refusal.hint });
}
