import type { CommandInput } from '../commands/base/context.ts';

/** What `idempotencyHeader` lets through. */
interface CommandHeaders {
  readonly 'idempotency-key'?: string | undefined;
  readonly 'if-match'?: string | undefined;
}

/** What every command is given: whom it is about, why, and from its headers its name and what it was decided on. */
export function commandInput(model: string, headers: CommandHeaders, reason = ''): CommandInput {
  return { model, key: headers['idempotency-key'] ?? null, ifMatch: headers['if-match'], reason };
}
