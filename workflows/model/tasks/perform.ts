import { light } from '../../base/proxies.ts';
import type { Entity, Task } from '../state.ts';
import { decide } from './decide.ts';
import { rollBack } from './roll-back.ts';
import { settle } from './settle.ts';

export async function perform(entity: Entity, task: Task): Promise<void> {
  if (task.task === 'decide') await decide(entity, task);
  else if (task.task === 'outcome') await settle(entity, task);
  else if (task.task === 'rollback') await rollBack(entity, task);
  else await light(task.task).setPaused({ model: entity.model, paused: task.task === 'pause', message: task.message });
}
