import { PerennialError } from './errors.ts';
import { messageOf } from './reason-of.ts';

/** What Node's `parseArgs` found wrong with a line, as one sentence; `help` is the line that shows what is right. */
export function wrongLine(error: unknown, help: string): PerennialError {
  const [sentence = ''] = messageOf(error).split(/\. |\n/);
  return new PerennialError('invalid_request', `${sentence.replace(/\.$/, '')}.`, {
    path: 'arguments',
    hint: `See \`${help}\`.`,
  });
}
