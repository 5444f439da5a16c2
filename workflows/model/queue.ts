import type { CommandReceipt, EntityCommand } from '../../src/domain/record/messages.ts';
import { formatOccasion, type DecisionOccasion } from '../../src/domain/record/occasion.ts';
import type { Person } from '../../src/domain/record/runs.ts';
import type { DecideTask, Entity, Task } from './state.ts';

const queueMax = 200;

/** Takes a task that somebody waits to hear about; its Update was refused before if the queue was full. */
export function enqueue(entity: Entity, task: Task, text: string): CommandReceipt {
  entity.queue.push(task);
  return { accepted: true, text };
}

/** Takes what a signal brings, unless the queue is full: what is left out is found again in Postgres. */
export function offer(entity: Entity, task: Task): void {
  if (entity.queue.length < queueMax) entity.queue.push(task);
}

export function refuseWhenFull({ queue }: Entity): void {
  if (queue.length >= queueMax)
    throw new Error(`The model has ${queueMax} commands waiting; try again when some are done.`);
}

/** Takes a command that Postgres knows and this run has not heard, unless it waits here already. */
export function offerAgain(entity: Entity, command: EntityCommand): void {
  const { commandId } = command.message;
  if (commandId !== null && !entity.queue.some((task) => commandOf(task) === commandId)) offer(entity, taskOf(command));
}

/** The command behind a task; null when nobody gave one. */
export function commandOf(task: Task): string | null {
  if (task.task === 'outcome') return null;
  return task.task === 'decide' ? (task.person?.commandId ?? null) : task.message.commandId;
}

function taskOf(command: EntityCommand): Task {
  const { kind, message } = command;
  if (kind === 'apply') return decideApplied(command.message.specRevision);
  if (kind === 'rollback') return { task: 'rollback', message, toVersion: command.message.toVersion, onlyFrom: null };
  if (kind === 'retrain') {
    const { commandId, actor, reason, rollout } = command.message;
    return decideRequested({ commandId: commandId ?? '', by: actor, reason, rollout });
  }
  return { task: kind, message };
}

/** The task that asks whether to retrain because of what a window showed. */
export function decideWindow(window: number): DecideTask {
  return decideOn({ of: 'window', window }, { window });
}

/** The task that asks whether to retrain because of the calendar or the source. */
export function decideDue(atMs: number): DecideTask {
  return decideOn({ of: 'due', atMs });
}

/** The task that takes up a training which a person has started again, as if the model had just started it. */
export function awaitReset(runId: string): DecideTask {
  return decideOn({ of: 'reset', runId });
}

/** The task that asks whether to train under a new definition; `afterRun` is the run that it had to wait for. */
export function decideApplied(specRevision: number, afterRun: string | null = null): DecideTask {
  return decideOn({ of: 'apply', specRevision, afterRun });
}

/** The task that asks whether to retrain because a person said so. */
export function decideRequested(person: Person): DecideTask {
  return decideOn({ of: 'command', commandId: person.commandId }, { person });
}

/** The occasion travels as text: it stands in the histories of running entities. */
function decideOn(occasion: DecisionOccasion, about: Partial<Pick<DecideTask, 'window' | 'person'>> = {}): DecideTask {
  return { task: 'decide', key: formatOccasion(occasion), window: null, person: null, ...about };
}
