import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { tellEntity } from './tell-entity.ts';

/** Stops automatic trainings of the model; serving, watching and a rollout under way go on. */
export function pause(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  return tellEntity(context, input, 'pause');
}
