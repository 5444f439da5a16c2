import { eq, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { featureView, model } from '../schema/index.ts';

/** Two people who name a model and a view alike at once meet at this lock. */
async function lockDatasetName(tx: Db, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`dataset ${name}`}, 0))`);
}

/** Throws `conflict` when a model has the name that a view is to have. */
export async function refuseNameOfModel(tx: Db, name: string): Promise<void> {
  await lockDatasetName(tx, name);
  const [taken] = await tx.select({ name: model.name }).from(model).where(eq(model.name, name));
  if (taken === undefined) return;
  throw new PerennialError('conflict', `"${name}" is a model: a view needs a name of its own.`, {
    path: 'name',
    hint: 'Name it after whom its rows are about, such as cardholders.',
  });
}

/** Throws `conflict` when a view has the name that a new model is to have. */
export async function refuseNameOfView(tx: Db, name: string): Promise<void> {
  await lockDatasetName(tx, name);
  const [taken] = await tx.select({ name: featureView.name }).from(featureView).where(eq(featureView.name, name));
  if (taken === undefined) return;
  throw new PerennialError('conflict', `"${name}" is a feature view: a model needs a name of its own.`, {
    path: 'name',
    hint: 'Name the model after what it predicts.',
  });
}
