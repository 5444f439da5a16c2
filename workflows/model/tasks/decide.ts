import { parseOccasion } from '../../../src/domain/record/occasion.ts';
import { light } from '../../base/proxies.ts';
import { startTraining } from '../start/training.ts';
import type { DecideTask, Entity } from '../state.ts';

/** Asks whether to retrain, and starts the training when the answer is yes. */
export async function decide(entity: Entity, task: DecideTask): Promise<void> {
  const { key, window, person, commandId } = task;
  const told = commandId === undefined ? {} : { commandId };
  const input = { model: entity.model, key, window, person, ...told };
  const answer = await light(`retrain? (${key})`).decideRetrain(input);
  if (answer.retrain) {
    await startTraining(entity, answer.training);
  } else if (parseOccasion(key)?.of === 'apply' && answer.blockedBy === 'running') {
    entity.changedSpec = answer.specRevision;
  }
}
