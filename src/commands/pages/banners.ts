import type { FreezeKind } from '../../domain/record/closed-sets.ts';
import { isInScope } from '../../access/scope.ts';
import { listFreezes } from '../../db/routing/freezes.ts';
import type { CommandContext } from '../base/context.ts';

export interface Banner {
  /** `*` for all models. */
  readonly model: string;
  readonly kind: FreezeKind;
  readonly actor: string;
  readonly reason: string;
  readonly since: Date;
}

/** More would push the page away; the first page lists them all. */
const shownMax = 3;

/** What is frozen among the models that the principal may read, worst and widest first. */
export async function bannersFor(
  context: CommandContext,
): Promise<{ readonly shown: readonly Banner[]; readonly more: number }> {
  const all = (await listFreezes(context.database.db)).filter(
    (freeze) => freeze.model === '*' || isInScope(context.principal.scope, freeze.model),
  );
  const sorted = [...all].sort((a, b) => weight(a) - weight(b) || a.model.localeCompare(b.model));
  return { shown: sorted.slice(0, shownMax), more: Math.max(0, sorted.length - shownMax) };
}

function weight(banner: Banner): number {
  return (banner.model === '*' ? 0 : 2) + (banner.kind === 'kill' ? 0 : 1);
}
