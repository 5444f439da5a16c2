import { and, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { waitMsOf } from '../../domain/watch/set-aside.ts';
import type { Db } from '../base/connect.ts';
import { window } from '../schema/index.ts';
import { closeAlerts, openAlert } from './alerts.ts';
import type { WindowRow } from './windows.ts';
import { dueNow } from '../base/due-now.ts';

/**
 * Keeps a window that could not be judged for later, with the reason; the first of its model rings. Does nothing when
 * it has been judged meanwhile. To be called in a transaction.
 */
export async function setWindowAside(
  tx: Db,
  row: Pick<WindowRow, 'model' | 'number' | 'judgeAttempts'>,
  reason: string,
  webhooks: readonly string[],
): Promise<void> {
  const { model, number } = row;
  const before = await tx
    .select({ number: window.number })
    .from(window)
    .where(and(isAside(model), lt(window.number, number)))
    .limit(1);
  // The oldest asks for all of them whether the fault is mended.
  const isFirst = before.length === 0;
  const attempts = row.judgeAttempts + 1;
  const waitMs = waitMsOf(attempts, isFirst);
  const failure = cut(reason, charsMax.failure);
  const changed = await tx
    .update(window)
    .set({
      judgeAttempts: attempts,
      judgeFailure: failure,
      judgeAfter: sql`now() + make_interval(secs => ${waitMs / 1_000})`,
    })
    .where(and(eq(window.model, model), eq(window.number, number), isNull(window.judgedAt)))
    .returning({ number: window.number });
  if (changed.length === 0 || !isFirst) return;
  await openAlert(tx, {
    model,
    kind: 'window-set-aside',
    subject: { of: 'window', window: number },
    windowNumber: number,
    severity: 'critical',
    title: `${model}: window ${number} cannot be judged`,
    body:
      `${failure}. It is tried again by itself, at least once an hour, and the windows after it as soon as that ` +
      `succeeds; nothing about them is lost. Other models are judged as ever.`,
    webhooks,
  });
}

/** A window was judged that had been set aside: its alert is over, and the others of its model are tried at once. */
export async function takeUpAgain(tx: Db, { model, number }: Pick<WindowRow, 'model' | 'number'>): Promise<void> {
  await closeAlerts(tx, model, ['window-set-aside']);
  await tx
    .update(window)
    .set({ judgeAfter: dueNow })
    .where(and(isAside(model), ne(window.number, number)));
}

function isAside(model: string) {
  return and(eq(window.model, model), isNull(window.judgedAt), gt(window.judgeAttempts, 0));
}
