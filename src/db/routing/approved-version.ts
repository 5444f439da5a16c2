import { sql } from 'drizzle-orm';
import type { CommandKind } from '../../domain/record/messages.ts';
import type { Db } from '../base/connect.ts';

export interface ApprovedVersion {
  readonly version: number;
  /** `approved by ann on 2026-05-03`: whose command it rests on. */
  readonly why: string;
  readonly at: Date;
}

/** Commands with which a person puts a version in charge; a kill only goes back to one that was. */
const approvals: readonly CommandKind[] = ['approve', 'rollback', 'promote', 'import'];

/**
 * The last version that a person put in charge: a move counts as a person's when it was made for a recorded command of
 * theirs to this model. Keys alone say so; names and reasons prove nothing, since a token may be called anything and a
 * sentence may be written anew. Failing that, the model's first champion counts: it answered because somebody applied
 * the definition, and nobody was asked. Null when there was never a champion.
 */
export async function lastApprovedVersion(db: Db, model: string): Promise<ApprovedVersion | null> {
  const byPerson = await db.execute<Row>(sql`
    select m.to_version as version, m.actor, m.moved_at as at, c.kind
    from alias_move m join command c on c.command_id = m.command_id and c.model = m.model
    where m.model = ${model} and m.alias = 'champion' and m.to_version is not null
      and c.kind = any(${sql.param([...approvals])}::text[]) and c.status <> 'refused'
    order by m.move_id desc limit 1`);
  const [approved] = byPerson.rows;
  if (approved !== undefined)
    return {
      version: approved.version,
      at: new Date(approved.at),
      why: `${spoken[approved.kind ?? ''] ?? 'chosen'} by ${approved.actor} on ${dayOf(approved.at)}`,
    };
  const first = await db.execute<Row>(sql`
    select m.to_version as version, s.actor, m.moved_at as at
    from alias_move m join version v on v.model = m.model and v.version = m.to_version
    join spec_revision s on s.model = v.model and s.revision = v.spec_revision
    where m.model = ${model} and m.alias = 'champion' and m.from_version is null and m.to_version is not null
    order by m.move_id limit 1`);
  const [row] = first.rows;
  if (row === undefined) return null;
  return {
    version: row.version,
    at: new Date(row.at),
    why: `the first champion, of the definition that ${row.actor} applied; no later one was approved by a person`,
  };
}

/** A moment's text from the driver, or its Date. */
type Row = { version: number; actor: string; at: string; kind?: string };

const spoken: Readonly<Record<string, string>> = {
  approve: 'approved',
  rollback: 'rolled back to',
  promote: 'promoted',
  import: 'imported',
};

function dayOf(at: string): string {
  return new Date(at).toISOString().slice(0, 10);
}
