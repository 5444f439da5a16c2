import { lt, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { decodeCursor, encodeCursor, pageOf, type Page } from '../../contracts/http/page.ts';
import type { HistoryView } from '../../contracts/http/views.ts';
import { annotationsOfAll, annotationViewOf } from '../people/annotations.ts';
import type { Db } from '../base/connect.ts';
import { decision, run, version } from '../schema/index.ts';
import { readModel } from '../models/specs.ts';
import { alertKey, listAlerts } from './views-alerts.ts';
import { decisionKey, decisionsOf } from './views-decisions.ts';
import { moveKey, movesOf } from './views-moves.ts';
import { decisionViewOf, runViewOf } from './views-rows.ts';
import { runKey, runsOf } from './views-runs.ts';
import { versionKey, versionsBelow } from './views-versions.ts';

/** Where each list of a history goes on. */
const historyKeys = z.object({
  moves: moveKey,
  versions: versionKey,
  decisions: decisionKey,
  runs: runKey,
  alerts: alertKey,
});
type HistoryKeys = z.infer<typeof historyKeys>;

export interface HistoryPage {
  /** Rows of each kind, 1..200. */
  readonly limit: number;
  /** Only what happened before this instant; null for the latest. */
  readonly before: Date | null;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

const limitMax = 200;
const beginning: HistoryKeys = { moves: null, versions: null, decisions: null, runs: null, alerts: null };

/** What happened to a model, latest first: moves with their evidence, versions, decisions, runs, alerts. */
export async function historyOf(db: Db, name: string, page: HistoryPage): Promise<HistoryView> {
  await readModel(db, name);
  const limit = Math.min(limitMax, Math.max(1, page.limit));
  const { before } = page;
  const from = decodeCursor(historyKeys, page.cursor) ?? beginning;
  const until = (column: AnyPgColumn): SQL | undefined => (before === null ? undefined : lt(column, before));
  const decisions = pageOf(
    await decisionsOf(db, name, from.decisions, until(decision.createdAt), limit + 1),
    limit,
    (row) => [row.createdAt.toISOString(), row.windowNumber ?? 0, row.key],
  );
  const runs = pageOf(await runsOf(db, name, from.runs, until(run.startedAt), limit + 1), limit, (row) => [
    row.startedAt.toISOString(),
    row.runId,
  ]);
  const alerts = await listAlerts(db, { model: name, isOpenOnly: false, limit, key: from.alerts, before });
  const moves = pageOf(await movesOf(db, name, from.moves, before, limit + 1), limit, (row) => row.moveId);
  const versions = pageOf(
    await versionsBelow(db, name, from.versions, until(version.createdAt), limit + 1),
    limit,
    (row) => row.version,
  );
  const keys = {
    moves: keyAfter(moves),
    versions: keyAfter(versions),
    decisions: keyAfter(decisions),
    runs: keyAfter(runs),
    alerts: keyAfter(alerts),
  };
  return {
    model: name,
    moves: [...moves.items],
    versions: [...versions.items],
    decisions: decisions.items.map(decisionViewOf),
    runs: runs.items.map(runViewOf),
    alerts: [...alerts.items],
    annotations:
      page.cursor === undefined
        ? (await annotationsOfAll(db, name, limit))
            .filter((row) => before === null || row.createdAt < before)
            .map(annotationViewOf)
        : [],
    next: Object.values(keys).every((key) => key === 'end') ? null : encodeCursor(keys),
  };
}

function keyAfter(page: Page<unknown>): unknown {
  return page.next === null ? 'end' : JSON.parse(Buffer.from(page.next, 'base64url').toString('utf8'));
}
