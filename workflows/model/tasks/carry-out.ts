import { log } from '@temporalio/workflow';
import { formatOccasion } from '../../../src/domain/record/occasion.ts';
import { isFinalFailure, rootOf } from '../../base/failures.ts';
import { light } from '../../base/proxies.ts';
import { commandOf } from '../queue.ts';
import type { Entity, Task } from '../state.ts';
import { perform } from './perform.ts';

/** Performs a task; one that fails for good is written down and set aside, and the entity goes on with the next. */
export async function carryOut(entity: Entity, task: Task): Promise<void> {
  try {
    await perform(entity, task);
  } catch (error) {
    if (!isFinalFailure(error)) throw error;
    await setAside(entity.model, task, rootOf(error));
  }
}

async function setAside(model: string, task: Task, reason: string): Promise<void> {
  const { about, subject } = describeTask(task);
  try {
    await light(`set aside: ${about}`).setTaskAside({ model, about, subject, commandId: commandOf(task), reason });
  } catch (error) {
    if (!isFinalFailure(error)) throw error;
    // What Postgres refuses even to write down is found again there, when the facts are next re-read.
    log.error('a task failed, and so did writing it down', { about, reason });
  }
}

function describeTask(task: Task): { readonly about: string; readonly subject: string } {
  if (task.task === 'outcome') {
    return { about: 'the outcome', subject: formatOccasion({ of: 'run', runId: task.runId }) };
  }
  if (task.task === 'decide') return { about: 'the decision', subject: task.key };
  const { commandId } = task.message;
  const subject = formatOccasion(commandId === null ? { of: 'refusal', version: null } : { of: 'command', commandId });
  return { about: `the ${task.task}`, subject };
}
