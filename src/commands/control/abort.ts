import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { decideRollout } from './decide-rollout.ts';

/** Takes the challenger out; the champion answers everything again. Throws `conflict` when there is no rollout. */
export async function abort(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  return decideRollout(context, input, 'abort');
}
