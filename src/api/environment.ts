import type { Principal } from '../access/principal.ts';
import type { Database } from '../db/connect.ts';
import type { CommandBus } from '../domain/messages.ts';

/** The part of a logger that the API uses. */
export interface ApiLog {
  info(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface ApiDependencies {
  readonly database: Database;
  readonly bus: CommandBus;
  readonly log: ApiLog;
}

/** What middleware leaves for handlers. */
export interface ApiEnvironment {
  Variables: { requestId: string; principal: Principal };
}
