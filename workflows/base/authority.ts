import type { CommandMessage } from '../../src/domain/record/messages.ts';

/** Refuses an Update that was typed into the Temporal Web UI, because it has no authorised row behind it. */
export function refuseUnauthenticated(message: CommandMessage): void {
  if (message.commandId === null || message.commandId === '') {
    throw new Error(
      'This needs an authorised command: use the CLI or the control API. ' +
        'From Temporal only pause, abort and rollback are accepted.',
    );
  }
}
