import type { Principal } from '../access/principal.ts';
import type { Database } from '../db/connect.ts';
import type { CommandBus } from '../domain/messages.ts';

/** What every verb is given: who asks, where facts are, and how a word reaches a workflow. */
export interface CommandContext {
  readonly database: Database;
  readonly bus: CommandBus;
  readonly principal: Principal;
}

/** What every command carries beside its own input. */
export interface CommandInput {
  readonly model: string;
  /** A client's own name for this command, sent again with a retry; null makes one up. */
  readonly key: string | null;
  readonly reason: string;
}
