import type { GuardInput } from '../../src/domain/record/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { freezeOf, sayFreeze } from '../../src/db/routing/freezes.ts';
import { activeRollout } from '../../src/db/routing/rollouts.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function proposeRollbackActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Proposes a roll-back, unless today's rollout already replaces the champion. */
  async function proposeRollback(
    input: GuardInput & { readonly text: string; readonly evidenceId: number | null },
  ): Promise<void> {
    const open = await activeRollout(db, input.model);
    const next = open === null ? '' : ` A rollout of v${open.version} is under way.`;
    const { spec } = await readSpecRevision(
      db,
      input.model,
      (await findVersion(db, input.model, input.version))?.specRevision ?? 1,
    );
    const frozen = await freezeOf(db, input.model);
    const command =
      input.predecessor < input.version
        ? `Roll back with \`perennial rollback ${input.model} --to ${input.predecessor}\`.`
        : `Put it in charge again with \`perennial promote ${input.model} --to ${input.predecessor}\`.`;
    const declared =
      frozen === null
        ? 'It is being rolled back as declared.'
        : `It is not rolled back as declared, because ${sayFreeze(frozen)}. ${command}`;
    const asked = input.action === 'roll-back' ? declared : command;
    await openAlert(db, {
      model: input.model,
      kind: 'worse-than-predecessor',
      subject: { of: 'version', version: input.version },
      severity: 'critical',
      title: `${input.model} v${input.version} is proven worse than v${input.predecessor}`,
      body: `${input.text} ${asked}${next}`,
      webhooks: spec.watch.webhooks,
    });
  }

  return { proposeRollback };
}
