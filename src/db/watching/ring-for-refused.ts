import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { Db } from '../base/connect.ts';
import { openAlert } from './alerts.ts';

/** Models that ring for one segment: a broken disk must not ring for thousands. */
const modelsMax = 20;

/** An alert for each model of which records could not be stored; what cannot be read at all belongs to none. */
export async function ringForRefused(
  db: Db,
  refused: readonly { readonly model: string | null; readonly reason: string }[],
): Promise<void> {
  const models = [...new Set(refused.flatMap(({ model }) => model ?? []))].slice(0, modelsMax);
  for (const model of models) {
    const own = refused.filter((one) => one.model === model);
    // oxlint-disable-next-line no-await-in-loop -- a handful, and seldom
    await openAlert(db, {
      model,
      kind: 'records-set-aside',
      subject: { of: 'records' },
      severity: 'warning',
      title: `${cut(model, charsMax.classLabel)}: ${sayMany(own.length, 'record')} could not be stored`,
      body:
        `${cut(own[0]?.reason ?? '', charsMax.failure)}. They stand in a file of the spool that ends in .bad, with ` +
        `the reason of each; everything else of the same segment is stored.`,
      webhooks: [],
    });
  }
}
