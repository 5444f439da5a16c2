import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

export interface ApprovedVersion {
  readonly version: number;
  /** `approved by ann on 2026-05-03: …`: which word it rests on. */
  readonly why: string;
  readonly at: Date;
}

/**
 * The last version that a person put in charge. A move counts as a person's when a recorded command of theirs to this
 * model (approve, rollback, promote, import) came before it and gave it its reason: names alone prove nothing, since a
 * token may be called anything. Failing that, the model's first champion counts: it answered because somebody applied
 * the definition, and nobody was asked. Null when there was never a champion.
 */
export async function lastApprovedVersion(db: Db, model: string): Promise<ApprovedVersion | null> {
  const byPerson = await db.execute<Row>(sql`
    select m.to_version as version, m.actor, m.why, m.moved_at as at, c.kind
    from alias_move m
    join lateral (
      select c.kind from command c
      where c.model = m.model and c.actor = m.actor and c.created_at <= m.moved_at
        and c.kind in ('approve', 'rollback', 'promote', 'import') and c.status <> 'refused'
        and m.why in (c.body->>'reason', 'approved by ' || c.actor || ': ' || (c.body->>'reason'))
      order by c.created_at desc limit 1
    ) c on true
    where m.model = ${model} and m.alias = 'champion' and m.to_version is not null
    order by m.move_id desc limit 1`);
  const [word] = byPerson.rows;
  if (word !== undefined)
    return {
      version: word.version,
      at: new Date(word.at),
      why: `${spoken[word.kind ?? ''] ?? 'chosen'} by ${word.actor} on ${dayOf(word.at)}`,
    };
  const first = await db.execute<Row>(sql`
    select m.to_version as version, s.actor, m.why, m.moved_at as at
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
type Row = { version: number; actor: string; why: string; at: string; kind?: string };

const spoken: Readonly<Record<string, string>> = {
  approve: 'approved',
  rollback: 'rolled back to',
  promote: 'promoted',
  import: 'imported',
};

function dayOf(at: string): string {
  return new Date(at).toISOString().slice(0, 10);
}
