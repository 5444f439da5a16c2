import { preflight as forecast } from '../../src/domain/rollout/preflight.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { recentPace } from '../../src/db/traffic/read/recent-pace.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function preflightActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Before it starts, a rollout says how long it will need to see which harm at this traffic. */
  async function preflight({ key }: { readonly key: RolloutKey }): Promise<string> {
    const row = await findRollout(db, key);
    if (row === null) return 'closed';
    const { spec } = await readSpecRevision(db, key.model, row.specRevision);
    const facts = await recentPace(db, key.model);
    const result = forecast({ ...facts, rollout: spec.rollout });
    await putEvidence(db, {
      model: key.model,
      kind: 'preflight',
      subject: { of: 'rollout', version: key.version, attempt: key.attempt },
      verdict: 'told',
      body: { ...result, ...facts },
    });
    return result.text;
  }

  return { preflight };
}
