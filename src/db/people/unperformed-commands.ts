import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { CommandKind, EntityCommand } from '../../domain/record/messages.ts';
import type { Db } from '../base/connect.ts';
import { command } from '../schema/index.ts';
import type { CommandRow } from './commands.ts';

/** What is carried out, or fails, leaves the list; the next look takes what comes behind. */
const listedMax = 50;

const kinds = ['apply', 'retrain', 'rollback', 'promote', 'pause', 'resume'] as const satisfies readonly CommandKind[];

/**
 * Commands that their makers were told are accepted, and of which nothing has come, oldest first: a workflow that was
 * lost, or set back, takes them up again. One whose delivery failed is not among them: its maker was told so.
 */
export async function unperformedCommands(db: Db, model: string): Promise<readonly EntityCommand[]> {
  const rows = await db
    .select()
    .from(command)
    .where(
      and(
        eq(command.model, model),
        isNull(command.performedAt),
        eq(command.status, 'done'),
        inArray(command.kind, kinds),
      ),
    )
    .orderBy(asc(command.createdAt), asc(command.commandId))
    .limit(listedMax);
  return rows.map(messageOf).filter((found) => found !== null);
}

/** The word as it was delivered, from the row. */
function messageOf({ kind, model, commandId, actor, body, answer }: CommandRow): EntityCommand | null {
  const message = { commandId, actor, reason: String(body['reason'] ?? '') };
  switch (kind) {
    case 'pause':
    case 'resume':
      return { kind, model, message };
    case 'retrain':
      return { kind, model, message: { ...message, rollout: body['rollout'] !== false } };
    case 'rollback':
      return { kind, model, message: { ...message, toVersion: numberOf(body['toVersion']) } };
    case 'promote':
      // It opens a rollout in its own transaction, and nothing is left to do.
      if (body['rollout'] === true) return null;
      return { kind: 'rollback', model, message: { ...message, toVersion: numberOf(body['version']) } };
    case 'apply': {
      const specRevision = numberOf(answer?.['revision']);
      return specRevision === null ? null : { kind, model, message: { ...message, specRevision } };
    }
    default:
      return null;
  }
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
