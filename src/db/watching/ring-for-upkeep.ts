import { messageOf } from '../../domain/words/reason-of.ts';
import type { Db } from '../base/connect.ts';
import { openAlert } from './alerts.ts';

/** What is done for a model without being asked for fails: nobody would notice before the disk is full. */
export async function ringForUpkeep(db: Db, model: string, title: string, error: unknown): Promise<void> {
  await openAlert(db, {
    model,
    kind: 'task-failed',
    subject: { of: 'upkeep' },
    severity: 'critical',
    title,
    body: `${messageOf(error).replace(/[.\s]*$/, '.')} It is tried again until it works; close this then.`,
    webhooks: [],
  });
}
