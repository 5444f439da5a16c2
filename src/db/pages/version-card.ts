import { and, asc, desc, eq, gte, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { AlertSeverity } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { alert, command, snapshotTag } from '../schema/index.ts';
import { tombstonesOf } from '../erasure/tombstones.ts';

const approvalsMax = 100;
const alertsMax = 20;
const tagsMax = 100;

/** What a card says of a version beyond its page. */
export interface CardRest {
  /** Of the snapshots, by digest. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly erased: { readonly rows: number; readonly snapshots: number };
  /** Who approved which attempt to bring it to traffic, as far as commands are kept. */
  readonly approvals: readonly { readonly attempt: number; readonly actor: string }[];
  readonly alerts: readonly { readonly severity: AlertSeverity; readonly title: string; readonly openedAt: Date }[];
}

export interface CardAsked {
  readonly model: string;
  readonly version: number;
  readonly snapshots: readonly string[];
  /** Of its rollouts; null without any. */
  readonly firstRolloutAt: Date | null;
  /** Whether alerts of the model are about it. */
  readonly isServing: boolean;
}

/** Four index reads, each with a limit. */
export async function cardRestOf(db: Db, asked: CardAsked): Promise<CardRest> {
  const gone = [...(await tombstonesOf(db, asked.snapshots)).values()];
  return {
    tags: await tagsOf(db, asked),
    erased: { rows: gone.reduce((sum, { rows }) => sum + rows, 0), snapshots: gone.length },
    approvals: await approvalsOf(db, asked),
    alerts: asked.isServing ? await openAlertsOf(db, asked.model) : [],
  };
}

async function tagsOf(db: Db, { model, snapshots }: CardAsked): Promise<CardRest['tags']> {
  if (snapshots.length === 0) return new Map();
  const rows = await db
    .select({ tag: snapshotTag.tag, digest: snapshotTag.digest })
    .from(snapshotTag)
    .where(and(eq(snapshotTag.model, model), inArray(snapshotTag.digest, [...snapshots])))
    .orderBy(asc(snapshotTag.tag))
    .limit(tagsMax);
  const tags = new Map<string, string[]>();
  for (const { tag, digest } of rows) if (digest !== null) tags.set(digest, [...(tags.get(digest) ?? []), tag]);
  return tags;
}

/** A day of slack, as where approvals are counted: the clock of a database may be set back. */
async function approvalsOf(db: Db, asked: CardAsked): Promise<CardRest['approvals']> {
  if (asked.firstRolloutAt === null) return [];
  return db
    .selectDistinct({ attempt: sql<number>`(${command.target} ->> 'attempt')::int`, actor: command.actor })
    .from(command)
    .where(
      and(
        eq(command.model, asked.model),
        gte(command.createdAt, sql`${asked.firstRolloutAt}::timestamptz - interval '1 day'`),
        eq(command.kind, 'approve'),
        ne(command.status, 'refused'),
        sql`(${command.target} ->> 'version')::int = ${asked.version}`,
      ),
    )
    .orderBy(sql`1`, command.actor)
    .limit(approvalsMax);
}

async function openAlertsOf(db: Db, model: string): Promise<CardRest['alerts']> {
  return db
    .select({ severity: alert.severity, title: alert.title, openedAt: alert.openedAt })
    .from(alert)
    .where(and(eq(alert.model, model), isNull(alert.closedAt)))
    .orderBy(
      sql`case ${alert.severity} when 'critical' then 0 when 'warning' then 1 else 2 end`,
      desc(alert.openedAt),
      desc(alert.alertId),
    )
    .limit(alertsMax);
}
