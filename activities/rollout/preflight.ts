import { preflight as forecast } from '../../src/domain/rollout/preflight/preflight.ts';
import type { PairedDifference } from '../../src/domain/rollout/sequence-bounds.ts';
import type { PreflightAnswer } from '../../src/domain/record/runs.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { findEvidence, putEvidence } from '../../src/db/runs/evidence.ts';
import { recentTraffic } from '../../src/db/traffic/mature/recent-traffic.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function preflightActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /**
   * Before it starts, a rollout says how long it takes and what it will see at this traffic; a first attempt that could
   * see nothing is refused. Who asks for another attempt has read why, and is only told. Text alone in older histories.
   */
  async function preflight({ key }: { readonly key: RolloutKey }): Promise<PreflightAnswer | string> {
    const row = await findRollout(db, key);
    if (row === null) return { text: 'closed', refusal: null };
    const { spec } = await readSpecRevision(db, key.model, row.specRevision);
    const traffic = await recentTraffic(db, key.model, spec);
    const compared = await comparedByGate(db, key);
    const told = forecast({ traffic, compared, rollout: spec.rollout });
    const stored = await putEvidence(db, {
      model: key.model,
      kind: 'preflight',
      subject: { of: 'rollout', version: key.version, attempt: key.attempt },
      verdict: told.refusal === null ? 'told' : 'refused',
      body: { ...told, traffic, compared },
    });
    const { text, refusal } = stored.body as Partial<PreflightAnswer>;
    return { text: text ?? told.text, refusal: key.attempt === 1 ? (refusal ?? null) : null };
  }

  return { preflight };
}

/** What the gate saw of the two on its test rows; null where nothing was compared, and in older evidence. */
async function comparedByGate(db: Db, { model, version }: RolloutKey): Promise<PairedDifference | null> {
  const found = await findVersion(db, model, version);
  if (found === null) return null;
  const gate = await findEvidence(db, model, 'gate', { of: 'run', runId: found.runId });
  const { estimate, deviation, span } = (gate?.body['paired'] ?? {}) as Partial<PairedDifference>;
  return estimate === undefined || deviation === undefined || span === undefined ? null : { estimate, deviation, span };
}
