import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { command } from '../schema/index.ts';

/** A request under an Idempotency-Key that is no command of a model; kept beside the commands, as kind `request`. */
export interface KeptRequest {
  readonly id: string;
  readonly actor: string;
  readonly what: string;
  /** SHA-256 over method, path and body. */
  readonly hash: string;
}

export type Kept =
  /** This caller answers it, and then calls `keepAnswer` or `forgetRequest`. */
  | { readonly state: 'mine' }
  | { readonly state: 'answered'; readonly sealed: string }
  | { readonly state: 'under-way' }
  /** The key was used for another request. */
  | { readonly state: 'other' };

/** Longer than any request may take: an answer that has not come by then will not come. */
const abandonedAfterSeconds = 120;

/** Takes the key for one request: of two at once exactly one is told that it is theirs. */
export async function takeKey(db: Db, request: KeptRequest): Promise<Kept> {
  const row = {
    commandId: request.id,
    model: '',
    kind: 'request' as const,
    actor: request.actor,
    body: { what: request.what },
    bodyHash: request.hash,
    status: 'accepted' as const,
  };
  const [inserted] = await db.insert(command).values(row).onConflictDoNothing().returning({ id: command.commandId });
  if (inserted !== undefined) return { state: 'mine' };
  const [known] = await db.select().from(command).where(eq(command.commandId, request.id));
  if (known === undefined) return { state: 'under-way' };
  if (known.bodyHash !== request.hash || known.kind !== 'request') return { state: 'other' };
  const sealed = known.answer?.['sealed'];
  if (typeof sealed === 'string') return { state: 'answered', sealed };
  const [takenOver] = await db
    .update(command)
    .set({ createdAt: sql`now()` })
    .where(
      and(
        eq(command.commandId, request.id),
        isNull(command.answer),
        sql`${command.createdAt} < now() - ${abandonedAfterSeconds} * interval '1 second'`,
      ),
    )
    .returning({ id: command.commandId });
  return { state: takenOver === undefined ? 'under-way' : 'mine' };
}

export async function keepAnswer(db: Db, id: string, sealed: string): Promise<void> {
  await db
    .update(command)
    .set({ status: 'done', answer: { sealed }, answeredAt: sql`now()` })
    .where(and(eq(command.commandId, id), isNull(command.answer)));
}

/** Frees the key: the request failed in a way that another attempt may mend. */
export async function forgetRequest(db: Db, id: string): Promise<void> {
  await db.delete(command).where(and(eq(command.commandId, id), eq(command.kind, 'request'), isNull(command.answer)));
}
