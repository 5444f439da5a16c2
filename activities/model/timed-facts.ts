import { cronTimes } from '../../src/contracts/spec/spec-cron.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { findTriggerLook, trainedSourceDigest } from '../../src/db/watching/trigger-looks.ts';
import { subscribedFacts } from '../../src/db/tags/subscriptions.ts';
import { isCron } from '../../src/domain/spec/parts/retrain-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { RetrainFacts } from '../../src/domain/watch/decide-retrain.ts';
import type { SourceFacts } from '../../src/domain/watch/triggers/timed-triggers.ts';

/** What the calendar and the source say, where a definition asks them, and what other models have published. */
export async function timedFacts(
  db: Db,
  { name, retrain }: Pick<ModelSpec, 'name' | 'retrain'>,
  nowMs: number,
): Promise<Pick<RetrainFacts, 'due' | 'source' | 'subscribed'>> {
  const { schedule, onSourceChange = false } = retrain;
  return {
    due: isCron(schedule) ? cronTimes(schedule, nowMs) : null,
    source: onSourceChange ? await sourceFacts(db, name) : null,
    subscribed: await subscribedFacts(db, name),
  };
}

async function sourceFacts(db: Db, model: string): Promise<SourceFacts | null> {
  const look = await findTriggerLook(db, model);
  if (look === null) return null;
  const { sourceDigest, readAt, failures, problem } = look;
  const trained = await trainedSourceDigest(db, model);
  return {
    hasChanged: sourceDigest === null || trained === null ? null : sourceDigest !== trained,
    readAtMs: readAt?.getTime() ?? null,
    failures,
    problem,
  };
}
