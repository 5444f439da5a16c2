import { authorise, authoriseEverywhere } from '../../access/principal.ts';
import type { ErasureAsked } from '../../contracts/http/erasures.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { bareEntities } from '../../db/base/entity-key.ts';
import { putErasure } from '../../db/erasure/erasures.ts';
import { putExclusion } from '../../db/erasure/exclusions.ts';
import { heldAmong } from '../../db/erasure/held-among.ts';
import { hidingEntity } from '../../db/erasure/hide-entity.ts';
import { keyColumnsEver } from '../../db/erasure/key-columns.ts';
import { readCurrentView } from '../../db/feature-views/read-views.ts';
import { listModelNames, readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { erasureSubjectOf } from '../../domain/record/erasure/erasure.ts';
import type { EntityNames } from '../../domain/record/entity-names.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { refuseWithoutReason } from '../control/freeze.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

/** Installations are planned for 5,000 models. */
const modelsMax = 10_000;

export interface EraseAsk extends ErasureAsked {
  readonly key: string | null;
}

/**
 * Erases what is known of one entity. The answer comes when it is written down; a run of its own does it. The entity in
 * clear goes into one row, which the end of the run removes; what stays of it is its hash under the installation key.
 * Throws `invalid_request` where the reason says whom it is about, `conflict` under a legal hold, `not_found` for a
 * model or view that there is not, and `unavailable` in a process without an installation key.
 */
export async function erase(
  context: CommandContext,
  ask: EraseAsk,
  { entities }: { readonly entities?: EntityNames },
): Promise<CommandAnswer & { readonly erasureId: string }> {
  const { scope, entity, reason, isDryRun } = ask;
  const name = scope === 'all' ? '*' : ask.name;
  if (scope === 'all') authoriseEverywhere(context.principal, 'data:erase');
  else authorise(context.principal, 'data:erase', name);
  refuseWithoutReason(reason, 'erasure');
  refuseNaming(reason, entity.trim());
  const names = knownNames(entities);
  return hidingEntity(() =>
    runCommand<{ erasureId: string }>(
      context,
      { model: name, key: ask.key, reason },
      {
        kind: 'erase',
        permission: 'data:erase',
        // Under a key that the database does not have: the row stays.
        body: { scope, name, column: ask.column ?? null, entity: names.hashOf('*', entity), isDryRun },
        perform: async (commandId) => {
          await refuseUnknown(context.database.db, ask);
          await withTransaction(context.database, (tx) =>
            performOnce(tx, { commandId, model: name }, () => begin(tx, context, { ...ask, name, commandId }, names)),
          );
          await context.bus.nudge({ erasureId: commandId });
          const what = isDryRun ? 'it is counted, and nothing goes' : 'it goes, in the background';
          return {
            text: `${what}: \`perennial erase show ${commandId}\``,
            link: context.bus.uiUrl(workflowIds.erase(commandId)),
            erasureId: commandId,
          };
        },
      },
    ),
  );
}

async function begin(
  tx: Db,
  context: CommandContext,
  ask: EraseAsk & { readonly name: string; readonly commandId: string },
  entities: EntityNames,
): Promise<Record<string, never>> {
  const { scope, name, entity, reason, isDryRun, commandId: erasureId } = ask;
  const [held] = await heldAmong(tx, { scope, name });
  if (held !== undefined && !isDryRun)
    throw new PerennialError('conflict', `"${held}" has a legal hold: nothing of it is removed.`, {
      path: 'model',
      hint: 'Release the hold first, or erase from the other models by name.',
    });
  const { mayBeAnywhere } = await bareEntities(tx, entities.fingerprint);
  const models = scope === 'view' ? [] : scope === 'model' ? [name] : await listModelNames(tx, modelsMax);
  // Files are compared without blanks at the ends, and requests as they wrote it.
  const written = [...new Set([entity, entity.trim()])];
  const hashes = models.flatMap((model) =>
    written.flatMap((one) => {
      const keyed = entities.hashOf(model, one);
      return [keyed, ...(mayBeAnywhere ? [entities.bare(keyed)] : [])].map((entityHash) => ({ model, entityHash }));
    }),
  );
  const actor = actorOf(context);
  const row = { erasureId, scope, name, keyColumn: ask.column ?? null, isDryRun, actor, reason };
  await putErasure(tx, { ...row, entity: entities.hashOf('*', entity) }, { entity: entity.trim(), names: hashes });
  if (!isDryRun) await putExclusion(tx, { erasureId, owner: name, entity });
  await appendAudit(tx, {
    type: 'perennial.erasure.started',
    model: scope === 'view' ? null : name,
    subject: erasureSubjectOf({ scope, name }),
    actor,
    tokenId: context.principal.tokenId,
    reason,
    data: { erasureId, scope, name, isDryRun },
  });
  return {};
}

/** The reason is kept for good, and shown. */
function refuseNaming(reason: string, entity: string): void {
  const words = reason.split(/[\s,;:"'()]+/);
  if (!words.includes(entity) && !(entity.length > 5 && reason.includes(entity))) return;
  throw new PerennialError('invalid_request', 'The reason names the entity, and is kept for good.', {
    path: 'reason',
    hint: 'Say it by the number of the request, for instance.',
  });
}

function knownNames(entities: EntityNames | undefined): EntityNames {
  if (entities !== undefined) return entities;
  throw new PerennialError('unavailable', 'This process has no installation key to find entities by.', {
    hint: 'Set PERENNIAL_INSTALLATION_KEY_FILE for the control process.',
  });
}

async function refuseUnknown(db: Db, { scope, name, column }: EraseAsk): Promise<void> {
  if (scope === 'model') {
    await readModel(db, name);
    if ((await keyColumnsEver(db, { of: 'model', name })).length > 0) return;
    throw new PerennialError('invalid_request', `No definition of "${name}" ever named an entity.`, {
      path: 'model',
      hint: 'Its rows cannot be told apart by whom they are about.',
    });
  }
  if (scope === 'all') return;
  await readCurrentView(db, name);
  if (column === undefined) return;
  const keys = await keyColumnsEver(db, { of: 'view', name });
  if (keys.includes(column)) return;
  throw new PerennialError('invalid_request', `View "${name}" has no key column ${column}.`, {
    path: 'column',
    hint: `Name one of ${keys.join(', ')}.`,
  });
}
