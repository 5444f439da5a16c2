import type { DamageState } from '../../domain/record/scrub/scrub.ts';
import { closeAlertsAbout, openAlert } from './alerts.ts';
import type { Db } from '../base/connect.ts';
import type { Dependents } from '../scrub/dependents.ts';

/** A file that something of a model needs is not what its name says: nothing shows that before it is needed. */
export async function ringForDamage(
  db: Db,
  state: DamageState,
  dependents: Dependents,
  webhooks: readonly string[],
): Promise<void> {
  const { digest, model, champion } = dependents;
  await openAlert(db, {
    model,
    kind: 'artifact-damaged',
    subject: { of: 'artifact', digest },
    severity: 'critical',
    title: `${model}: a file that it needs ${state === 'damaged' ? 'is damaged' : 'is missing'}`,
    body:
      `${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest} in the artifact store ` +
      `${state === 'damaged' ? 'holds other bytes than its digest says' : 'is not there'}. ` +
      `Needed by: ${sayDependents(dependents)}. Put the file back from a back-up of the store, byte for byte: this ` +
      'closes by itself within an hour. ' +
      (champion === null
        ? 'Without one, train again from the source.'
        : `Processes that hold v${champion} go on answering with it; one that starts now cannot, so without a ` +
          `back-up go back to a version that is whole: \`perennial rollback ${model}\`.`),
    webhooks,
  });
}

/** It is whole again, or nothing needs it any more. */
export async function endDamage(db: Db, digest: string): Promise<void> {
  await closeAlertsAbout(db, 'artifact-damaged', { of: 'artifact', digest });
}

function sayDependents({ versions, champion, snapshots, others }: Dependents): string {
  const named = [
    ...versions.map((version) => `v${version}${version === champion ? ' (which answers)' : ''}`),
    ...snapshots.map((digest) => `snapshot ${digest.slice(0, 16)}`),
    ...others,
  ];
  return named.join(', ');
}
