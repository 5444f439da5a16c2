import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { writeHistory } from '../../simulator/history.ts';
import { findDecision, type DecisionRow } from '../db/watching/decisions.ts';
import { loopFacts } from '../db/watching/loop-facts.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { grouped } from './acts.ts';
import { revisionOf, tellIngest } from './open.ts';
import { worldPlan, type Play } from './play.ts';
import { tellStory } from './story.ts';
import { playWindow } from './traffic.ts';
import { applySpec } from './first-champion.ts';
import { formatOccasion } from '../domain/record/occasion.ts';

const windowsBefore = 4;
const decisionTimeoutMs = 60_000;

/**
 * Somebody adds a feature that history knows and the moment of the payment does not. It passes the gate honestly; live
 * it is missing, and the canary has to throw it back.
 */
export async function playBadChallenger(play: Play): Promise<void> {
  const { stage, acts, spec, badSpec, feed } = play;
  const file = play.historyFiles.badSpec;
  const { db } = stage.stack.database;
  if ((await revisionOf(play)) <= 1) {
    // The new champion first proves itself: the guard compares it with its predecessor on labels of its own time.
    const promotedAt =
      (await loopFacts(db, spec.name)).rollouts.find(
        ({ baseVersion, status }) => baseVersion !== null && status === 'promoted',
      )?.endedSeq ?? 0;
    while (play.position < promotedAt + windowsBefore * play.windowRows) await playWindow(play);
    await guardEnds(play);
    writeHistory(file, feed.historyRows + play.position, {
      seed: play.seed,
      changes: feed.changes,
      includeMerchantRisk: true,
    });
  }
  if (!existsSync(file)) throw new PerennialError('internal', `${file} is gone.`);
  const applied = await applySpec(stage, badSpec);
  const decision = await decided(play, formatOccasion({ of: 'apply', specRevision: applied.revision, afterRun: null }));
  acts.tell(
    'challenger',
    'challenger',
    `revision ${applied.revision} adds merchantRisk, which history knows and nobody has at the moment of a payment`,
    { revision: applied.revision },
    workflowIds.model(spec.name),
    decision.createdAt.getTime(),
  );
  stage.progress('the challenger is being trained');
  // A no (something was still under way) is decided again at the end of the next window.
  if (decision.retrain) await tellIngest(play, applied.revision);
  await play.replayer.settle(play.position);
  await tellStory(play);
  for (let windows = 0; windows < worldPlan.windowsMax; windows++) {
    const { rollouts, versions } = await loopFacts(db, spec.name);
    const version = versions.find(({ specRevision }) => specRevision === applied.revision);
    const rollout = rollouts.find((row) => row.version === version?.version);
    if (rollout?.endedAt != null) break;
    await playWindow(play);
  }
  // One window more: everything is the champion's again.
  const ended = (await loopFacts(db, spec.name)).rollouts.at(-1);
  while (play.position < Math.ceil((ended?.settledSeq ?? 0) / play.windowRows + 1) * play.windowRows)
    await playWindow(play);
  stage.progress(`${grouped(play.position)} payments served`);
}

async function decided({ stage, spec }: Play, key: string): Promise<DecisionRow> {
  const deadlineMs = Date.now() + decisionTimeoutMs;
  for (;;) {
    const found = await findDecision(stage.stack.database.db, spec.name, key);
    if (found !== null) return found;
    if (Date.now() > deadlineMs)
      throw new PerennialError('timeout', `nothing was decided about ${key} within ${decisionTimeoutMs / 1_000} s.`);
    await delay(50);
  }
}

/** The guard looks every few seconds; it has the labels that it waits for. */
async function guardEnds(play: Play): Promise<void> {
  const deadlineMs = Date.now() + 15_000;
  const { stage, spec } = play;
  while (Date.now() < deadlineMs) {
    const guards = (await loopFacts(stage.stack.database.db, spec.name)).runs.filter(({ kind }) => kind === 'guard');
    if (guards.length > 0 && guards.every(({ status }) => status !== 'running')) break;
    stage.progress('the guard compares the new champion with its predecessor');
    await delay(200);
  }
  await tellStory(play);
}
