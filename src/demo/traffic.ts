import type { SettledView } from '../contracts/http/views.ts';
import { inArray, and, eq } from 'drizzle-orm';
import type { Db } from '../db/base/connect.ts';
import { loopFacts, trafficCounts } from '../db/watching/loop-facts.ts';
import { evidence } from '../db/schema/index.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { grouped, percent, quantile } from './acts.ts';
import { worldPlan, type Play } from './play.ts';
import { closedAtMs, tellStory } from './story.ts';
import { formatOccasion, parseOccasion } from '../domain/record/occasion.ts';

/** Plays the next window as live traffic over HTTP; returns when the platform has decided everything that follows. */
export async function playWindow(play: Play): Promise<SettledView> {
  const { stage, feed, replayer, windowRows } = play;
  const from = play.position;
  const view = await replayer.play(feed.batches(from, from + windowRows), from + windowRows);
  play.position = from + windowRows;
  const rollout = view.rollout === null ? '' : `, v${view.rollout.version} in step ${view.rollout.step ?? '-'}`;
  stage.progress(`${grouped(play.position)} payments served, champion v${view.championVersion ?? 0}${rollout}`);
  await tellStory(play);
  return view;
}

/** Plays up to a live row; returns when that row's window was closed. */
export async function playTo(play: Play, liveRow: number): Promise<number> {
  while (play.position < liveRow) await playWindow(play);
  return closedAtMs(await tellStory(play, liveRow), liveRow / play.windowRows);
}

/** The calm at the beginning: payments over HTTP, and their labels, which come late. */
export async function playCalm(play: Play): Promise<void> {
  const { stage, acts, feed, spec, tookMs } = play;
  const isPlayed = play.position >= worldPlan.volumeShiftAt;
  const atMs = await playTo(play, worldPlan.volumeShiftAt);
  const p50 = quantile(tookMs, 0.5);
  const p99 = quantile(tookMs, 0.99);
  const rowsPerSecond =
    tookMs.length === 0
      ? 0
      : (1_000 * worldPlan.rowsPerRequest * tookMs.length) / tookMs.reduce((sum, ms) => sum + ms, 0);
  const speed = isPlayed
    ? 'played before the interruption'
    : `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms ` +
      `per request of ${worldPlan.rowsPerRequest}, ${grouped(rowsPerSecond)} rows/s`;
  acts.tell(
    'traffic',
    'traffic',
    `${grouped(worldPlan.volumeShiftAt)} payments over HTTP: ${speed}`,
    {
      rows: worldPlan.volumeShiftAt,
      p50Ms: rounded(p50),
      p99Ms: rounded(p99),
      rowsPerSecond: Math.round(rowsPerSecond),
    },
    workflowIds.model(spec.name),
    atMs,
  );
  const due = feed.labelsBefore(worldPlan.volumeShiftAt - worldPlan.rowsPerRequest);
  const { unjoinedLabels } = await trafficCounts(stage.stack.database.db, spec.name);
  acts.tell(
    'labels',
    'labels',
    `${grouped(due.distinct)} came late (half after ${due.delayRowsMedian} rows, the last after ` +
      `${grouped(due.delayRowsMost)}): ${grouped(due.byEntityAndTime)} by cardholder and time, ${due.corrections} ` +
      `corrected, ${due.duplicates} sent twice, ${due.never} payments never labelled`,
    {
      labels: due.distinct,
      delayRowsMedian: due.delayRowsMedian,
      byEntityAndTime: due.byEntityAndTime,
      corrections: due.corrections,
      duplicates: due.duplicates,
      never: due.never,
      waitingForTheirPrediction: unjoinedLabels,
    },
    workflowIds.model(spec.name),
    atMs,
  );
}

/** Three times the traffic from the same habits: nothing may alarm. */
export async function playVolumeShift(play: Play): Promise<void> {
  const { stage, acts, feed, spec, windowRows } = play;
  const { volumeShiftAt, newPatternAt } = worldPlan;
  const atMs = await playTo(play, newPatternAt);
  const perDay = (from: number, to: number): number =>
    (86_400_000 * (to - 1 - from)) / (feed.payment(to - 1).eventTimeMs - feed.payment(from).eventTimeMs);
  const before = perDay(0, volumeShiftAt);
  const after = perDay(volumeShiftAt, newPatternAt);
  const quiet = await watchedWindows(
    stage.stack.database.db,
    spec.name,
    volumeShiftAt / windowRows + 1,
    newPatternAt / windowRows,
  );
  const alarms = quiet.filter(({ isAlarm }) => isAlarm).length;
  const effect = Math.max(0, ...quiet.map(({ effectMost }) => effectMost));
  acts.tell(
    'volume',
    'volume',
    `a partner joins: ${grouped(after)} payments a day instead of ${grouped(before)}; ${alarms} alarms in ` +
      `${quiet.length} windows, largest move of a feature ${effect.toFixed(3)} standard deviations ` +
      `(alarms at ${spec.watch.effectMin})`,
    {
      perDayBefore: Math.round(before),
      perDayAfter: Math.round(after),
      windows: quiet.length,
      alarms,
      effectMost: rounded(effect),
    },
    workflowIds.watch(0),
    atMs,
  );
}

/** The world changes; the platform has to notice by itself, train again and bring the new version up. */
export async function playNewPattern(play: Play): Promise<void> {
  const { stage, acts, feed, spec } = play;
  const { db } = stage.stack.database;
  const changeAt = worldPlan.newPatternAt;
  const share = (from: number, to: number): number =>
    Array.from({ length: to - from }, (_, i) => feed.payment(from + i).truth).filter((truth) => truth === 'fraud')
      .length /
    (to - from);
  const before = share(0, changeAt);
  const after = share(changeAt, changeAt + 2_000);
  acts.tell(
    'drift',
    'drift',
    `from payment ${grouped(changeAt + 1)} on the world is another (new-fraud-pattern): fraud comes in small amounts ` +
      `from trusted devices, ${percent(after)} of payments instead of ${percent(before)}`,
    {
      change: 'new-fraud-pattern',
      atRow: changeAt + 1,
      fraudShareBefore: rounded(before),
      fraudShareAfter: rounded(after),
    },
    workflowIds.watch(0),
    closedAtMs(await loopFacts(db, spec.name), changeAt / play.windowRows),
  );
  for (let windows = 0; windows < worldPlan.windowsMax; windows++) {
    const { rollouts } = await loopFacts(db, spec.name);
    if (rollouts.some(({ baseVersion, status }) => baseVersion !== null && status === 'promoted')) return;
    await playWindow(play);
  }
}

export interface WatchedWindow {
  readonly window: number;
  readonly isAlarm: boolean;
  /** Largest Jensen-Shannon distance of a feature above its sampling floor. */
  readonly effectMost: number;
}

/** What the watch said about the windows [first, last]. */
export async function watchedWindows(
  db: Db,
  model: string,
  first: number,
  last: number,
): Promise<readonly WatchedWindow[]> {
  const subjects = Array.from({ length: last - first + 1 }, (_, i) =>
    formatOccasion({ of: 'window', window: first + i }),
  );
  const rows = await db
    .select({ subject: evidence.subject, verdict: evidence.verdict, body: evidence.body })
    .from(evidence)
    .where(and(eq(evidence.model, model), eq(evidence.kind, 'window'), inArray(evidence.subject, subjects)));
  return rows.flatMap(({ subject, verdict, body }) => {
    const occasion = parseOccasion(subject);
    if (occasion?.of !== 'window') return [];
    const drift = body['drift'] as {
      readonly verdict?: string;
      readonly features?: readonly { readonly effect: number }[];
    } | null;
    return {
      window: occasion.window,
      isAlarm: verdict === 'drift' || verdict === 'decayed' || drift?.verdict === 'drift',
      effectMost: Math.max(0, ...(drift?.features ?? []).map(({ effect }) => effect)),
    };
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
