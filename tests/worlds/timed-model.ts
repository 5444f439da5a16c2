import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { RetrainSpec } from '../../src/domain/spec/spec.ts';
import { seedModel, specOf } from './two-models.ts';

/**
 * A model with a version from a source and nothing under way, whose definition asks for triggers that need no traffic.
 * It was trained a day ago. Returns the digest of the source that its version was trained on.
 */
export async function seedTimedModel(database: Database, name: string, retrain: Partial<RetrainSpec>): Promise<string> {
  const { snapshot } = await seedModel(database, name, 1);
  await database.pool.query(`update rollout set status = 'promoted' where model = $1`, [name]);
  await database.pool.query(
    `update run set status = 'completed', started_at = now() - interval '1 day', input = $2 where run_id = $1`,
    [`train/${name}/1`, JSON.stringify({ specRevision: 1 })],
  );
  const usual = specOf(name);
  const spec = { ...usual, retrain: { ...usual.retrain, cooldown: { rows: 0 }, onSpecChange: false, ...retrain } };
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'seed'));
  return snapshot;
}
