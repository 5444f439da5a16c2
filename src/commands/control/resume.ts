import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { tellEntity } from './tell-entity.ts';

/** Lets automatic trainings start again. */
export function resume(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  return tellEntity(context, input, 'resume');
}
