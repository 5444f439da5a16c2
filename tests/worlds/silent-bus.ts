import type { Command, CommandBus } from '../../src/domain/record/messages.ts';

export interface SilentBus extends CommandBus {
  readonly delivered: Command[];
  readonly reset: CommandBus['reset'] & { readonly runs: string[] };
}

/** A bus that takes everything and remembers it: for tests of what may be asked, not of what comes of it. */
export function silentBus(): SilentBus {
  const delivered: Command[] = [];
  const runs: string[] = [];
  const reset = Object.assign(
    async ({ runId }: { readonly runId: string }): Promise<void> => {
      runs.push(runId);
    },
    { runs },
  );
  return {
    delivered,
    reset,
    deliver: async (command) => {
      delivered.push(command);
      return { accepted: true, text: `${command.kind} received` };
    },
    ensureModel: async () => undefined,
    uiUrl: (id) => `http://ui/${id}`,
    nudge: async () => true,
    steps: async () => [{ eventId: 4, name: 'fit', at: '2026-05-03T14:03:00Z' }],
  };
}
