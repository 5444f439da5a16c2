import { repeatedAlertKinds, type AlertKind, type AlertSeverity } from '../../domain/record/closed-sets.ts';
import { and, asc, eq, inArray, isNotNull, isNull, lte, ne, notExists, sql } from 'drizzle-orm';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Db } from '../base/connect.ts';
import { alert, run, webhookDelivery, window } from '../schema/index.ts';
import { formatOccasion, parseOccasion, type Occasion } from '../../domain/record/occasion.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';

export type AlertRow = typeof alert.$inferSelect;

export interface NewAlert {
  readonly model: string;
  readonly kind: AlertKind;
  readonly subject: Occasion;
  /** The window in which it rings, where it is about traffic. */
  readonly windowNumber?: number;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly body: string;
  readonly webhooks: readonly string[];
}

/**
 * What a person closed by hand stays closed while its condition lasts. Windows tell for what they repeat (drift, decay,
 * trainings that do not help): a stable one since then means that the condition had gone. Whether a model is near its
 * best again, and whether a batch keeps its rules, no verdict of a window says: who closed it is forgotten then.
 * Other alerts speak of one event and ring only for another.
 */
const hasCleared = sql`(${alert.closedBy} is null or (${alert.kind} not in ('below-best', 'batch-rule') and
  (${alert.kind} not in ${repeatedAlertKinds} or exists (
  select 1 from ${window} where ${window.model} = ${alert.model} and ${window.verdict} = 'stable' and
  ${window.judgedAt} > ${alert.closedAt}))))`;

/**
 * Opens an alert once per (model, kind, subject) while it lasts; one that was closed rings again. True when it rings.
 */
export async function openAlert(db: Db, row: NewAlert): Promise<boolean> {
  return atomically(db, (tx) => ring(tx, row));
}

async function ring(tx: Db, row: NewAlert): Promise<boolean> {
  const { webhooks, ...alarm } = row;
  const subject = formatOccasion(row.subject);
  const [opened] = await tx
    .insert(alert)
    .values({ ...alarm, subject })
    .onConflictDoUpdate({
      target: [alert.model, alert.kind, alert.subject],
      set: {
        openedAt: new Date(),
        closedAt: null,
        closedBy: null,
        closedReason: null,
        title: row.title,
        body: row.body,
        severity: row.severity,
        windowNumber: row.windowNumber ?? null,
      },
      setWhere: sql`${alert.closedAt} is not null and ${hasCleared}`,
    })
    .returning({ alertId: alert.alertId });
  if (opened === undefined) return false;
  const { kind, severity, title } = row;
  await appendAudit(tx, {
    type: 'perennial.alert.opened',
    model: row.model,
    subject: { of: 'alert', id: String(opened.alertId) },
    actor: 'watch',
    reason: title,
    data: { kind, about: subject, severity },
  });
  if (webhooks.length > 0) {
    const again = { attempts: 0, deliveredAt: null, lastError: null, nextAttemptAt: new Date() };
    await tx
      .insert(webhookDelivery)
      .values(webhooks.slice(0, 20).map((url) => ({ alertId: opened.alertId, url })))
      .onConflictDoUpdate({ target: [webhookDelivery.alertId, webhookDelivery.url], set: again });
  }
  return true;
}

/** Says the same thing with what is known by now; nothing rings, and one that was closed stays so. */
export async function amendAlert(
  db: Db,
  { model, kind, subject }: Pick<NewAlert, 'model' | 'kind' | 'subject'>,
  body: string,
): Promise<void> {
  await db
    .update(alert)
    .set({ body })
    .where(
      and(
        eq(alert.model, model),
        eq(alert.kind, kind),
        eq(alert.subject, formatOccasion(subject)),
        isNull(alert.closedAt),
      ),
    );
}

/** What was said about one thing is over, to whichever models but those of `notOf`, which is asked where it matters. */
export async function closeAlertsAbout(
  db: Db,
  kind: AlertKind,
  subject: Occasion,
  { notOf }: { readonly notOf?: () => Promise<readonly string[]> } = {},
): Promise<void> {
  const about = formatOccasion(subject);
  const rows = await db
    .select({ model: alert.model })
    .from(alert)
    .where(and(eq(alert.kind, kind), eq(alert.subject, about), isNull(alert.closedAt)));
  const others = rows.length === 0 ? [] : ((await notOf?.()) ?? []);
  for (const { model } of rows) {
    if (others.includes(model)) continue;
    // oxlint-disable-next-line no-await-in-loop -- some models share a file
    await closeAlerts(db, model, [kind], { about: subject });
  }
}

/**
 * What was said about the model in these kinds of alert is over; of the younger ones nothing, and nothing about one
 * subject, where that is asked.
 */
export async function closeAlerts(
  db: Db,
  model: string,
  kinds: readonly AlertKind[],
  {
    olderThanMs = 0,
    notAbout,
    about,
  }: { readonly olderThanMs?: number; readonly notAbout?: Occasion; readonly about?: Occasion } = {},
): Promise<void> {
  await atomically(db, async (tx) => {
    const closed = await tx
      .update(alert)
      .set({ closedAt: new Date() })
      .where(
        and(
          eq(alert.model, model),
          inArray(alert.kind, [...kinds]),
          isNull(alert.closedAt),
          about === undefined ? undefined : eq(alert.subject, formatOccasion(about)),
          notAbout === undefined ? undefined : ne(alert.subject, formatOccasion(notAbout)),
          olderThanMs === 0
            ? undefined
            : sql`${alert.openedAt} < now() - make_interval(secs => ${olderThanMs / 1_000}::float8)`,
        ),
      )
      .returning({ alertId: alert.alertId, kind: alert.kind, title: alert.title });
    for (const { alertId, kind, title } of closed) {
      await appendAudit(tx, {
        type: 'perennial.alert.closed',
        model,
        subject: { of: 'alert', id: String(alertId) },
        actor: 'watch',
        reason: `over: ${title}`,
        data: { kind },
      });
    }
  });
}

/** Runs whose alerts are closed at once; what is left waits for the next time. */
const endedMax = 100;

/** What rang for as long as a run waited is over where the run is, however it ended. */
export async function closeAlertsOfEnded(db: Db, kind: AlertKind): Promise<void> {
  const isUnderWay = db
    .select({ runId: run.runId })
    .from(run)
    .where(and(eq(run.runId, alert.subject), eq(run.status, 'running')));
  const rows = await db
    .select({ model: alert.model, runId: alert.subject })
    .from(alert)
    .where(and(isNull(alert.closedAt), eq(alert.kind, kind), notExists(isUnderWay)))
    .limit(endedMax);
  for (const { model, runId } of rows)
    // oxlint-disable-next-line no-await-in-loop -- few, if any
    await closeAlerts(db, model, [kind], { about: { of: 'run', runId } });
}

/** The condition has gone: one that a person closed by hand rings again when it comes back. */
export async function forgetClosedByHand(db: Db, model: string, kind: AlertKind, about?: Occasion): Promise<void> {
  await db
    .update(alert)
    .set({ closedBy: null, closedReason: null })
    .where(
      and(
        eq(alert.model, model),
        eq(alert.kind, kind),
        isNotNull(alert.closedBy),
        about === undefined ? undefined : eq(alert.subject, formatOccasion(about)),
      ),
    );
}

/** What the open alerts of one kind are about. */
export async function openSubjects(db: Db, model: string, kind: AlertKind): Promise<readonly Occasion[]> {
  const rows = await db
    .select({ subject: alert.subject })
    .from(alert)
    .where(and(eq(alert.model, model), eq(alert.kind, kind), isNull(alert.closedAt)));
  return rows.flatMap(({ subject }) => parseOccasion(subject) ?? []);
}

export interface DueDelivery {
  readonly alert: AlertRow;
  readonly url: string;
  readonly attempts: number;
}

export const deliveryAttemptsMax = 12;

export async function dueDeliveries(db: Db, limit: number): Promise<readonly DueDelivery[]> {
  const rows = await db
    .select()
    .from(webhookDelivery)
    .innerJoin(alert, eq(alert.alertId, webhookDelivery.alertId))
    .where(
      and(
        isNull(webhookDelivery.deliveredAt),
        lte(webhookDelivery.nextAttemptAt, new Date()),
        sql`${webhookDelivery.attempts} < ${deliveryAttemptsMax}`,
      ),
    )
    .orderBy(asc(webhookDelivery.nextAttemptAt))
    .limit(limit);
  return rows.map((row) => ({
    alert: row.alert,
    url: row.webhook_delivery.url,
    attempts: row.webhook_delivery.attempts,
  }));
}

/** Exponential back-off from 5 s up to 6 hours. */
export async function recordDelivery(
  db: Db,
  alertId: number,
  url: string,
  attempts: number,
  error: string | null,
): Promise<void> {
  const waitMs = Math.min(5_000 * 2 ** attempts, 21_600_000);
  await db
    .update(webhookDelivery)
    .set({
      attempts: attempts + 1,
      deliveredAt: error === null ? new Date() : null,
      lastError: error === null ? null : cut(error, charsMax.failure),
      nextAttemptAt: new Date(Date.now() + waitMs),
    })
    .where(and(eq(webhookDelivery.alertId, alertId), eq(webhookDelivery.url, url)));
}
