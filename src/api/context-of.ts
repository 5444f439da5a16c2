import type { Context } from 'hono';
import type { CommandContext } from '../commands/base/context.ts';
import type { ApiDependencies, ApiEnvironment } from '../control/environment.ts';

/** What a command is given by a request: everything that the port was built with, and who asks. */
export function contextsOver(dependencies: ApiDependencies): (context: Context<ApiEnvironment>) => CommandContext {
  return (context) => ({ ...dependencies, principal: context.get('principal') });
}
