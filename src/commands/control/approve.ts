import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { decideRollout } from './decide-rollout.ts';

/** Promotes the challenger of the rollout that is under way or held. Throws `conflict` when there is none. */
export async function approve(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  return decideRollout(context, input, 'approve');
}
