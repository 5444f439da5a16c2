import { expect, test } from 'vitest';
import { activityWalks, trainBefore } from '../tests/worlds/growth/activity-walks.ts';
import {
  createExplainedDatabase,
  type ExplainedDatabase,
  type StatementCost,
  type WorkCost,
} from '../tests/worlds/growth/explained-database.ts';
import { createGrowthWorld, type GrowthWorld } from '../tests/worlds/growth/growth-world.ts';
import type { HistorySize } from '../tests/worlds/growth/history-size.ts';
import { pageWalks } from '../tests/worlds/growth/page-walks.ts';
import { pushWalks } from '../tests/worlds/growth/push-walks.ts';
import { storeWalks } from '../tests/worlds/growth/store-walks.ts';

/** More than any list or look-back takes in, so that what is bounded is at its bound from the start. */
const young: HistorySize = {
  windows: 220,
  unjudgedWindows: 1,
  predictions: 8_800,
  labels: 8_800,
  versions: 210,
  models: 5,
};

/** The same platform, so many times as old: models do not become more by themselves. */
const aged = (times: number): HistorySize => ({
  windows: young.windows * times,
  unjudgedWindows: young.unjudgedWindows,
  predictions: young.predictions * times,
  labels: young.labels * times,
  versions: young.versions * times,
  models: young.models,
});

/**
 * What may read more all the same, by how much at four times the age, and why that has an end. The law stands beside
 * the query as well.
 */
const laws: readonly {
  readonly walk: string;
  readonly text: RegExp;
  readonly growthMax: number;
  readonly why: string;
}[] = [
  {
    walk: 'judgeWindows',
    text: /window_quality|from \(select \* from prediction|from prediction p where p.model = \$ and p.seq between/,
    growthMax: 1.3,
    why: 'windows are measured again at each doubling of their age, at most 12 of them (windowsToRevisit)',
  },
];

/** Of rows a tenth: what is bounded is never counted quite the same. Of pages more: an index grows deeper. */
const growthMax = { rows: 1.1, buffers: 1.5 };
const slack = { rows: 20, buffers: 40 };

async function costsAt(times: number): Promise<ReadonlyMap<string, WorkCost>> {
  let explained: ExplainedDatabase | undefined;
  const world = await createGrowthWorld(aged(times), (url) => (explained = createExplainedDatabase(url)).database);
  const costs = new Map<string, WorkCost>();
  try {
    await trainBefore(world);
    for (const walk of [
      ...(await pageWalks(world)),
      ...activityWalks(world),
      ...storeWalks(world),
      ...pushWalks(world),
    ])
      // oxlint-disable-next-line no-await-in-loop -- statements are told apart by when they ran
      if (explained !== undefined) costs.set(walk.name, await explained.costOf(walk.run));
    // A watch that finds nothing to judge costs nothing at any age.
    expect(await unjudged(world)).toBe(0);
  } finally {
    await world.close();
  }
  return costs;
}

async function unjudged({ deps }: GrowthWorld): Promise<number> {
  const found = await deps.database.pool.query('select from "window" where judged_at is null');
  return found.rowCount ?? 0;
}

/** One line for each walk and statement that read more than it may. */
function grownSince(before: ReadonlyMap<string, WorkCost>, after: ReadonlyMap<string, WorkCost>): readonly string[] {
  const grown: string[] = [];
  for (const [name, { statements, rowsToNode }] of after) {
    const then = before.get(name);
    const rowsThen = then?.rowsToNode ?? 0;
    if (rowsToNode > rowsThen * growthMax.rows + slack.rows)
      grown.push(`${name}: ${rowsThen}, then ${rowsToNode} rows to Node`);
    for (const [text, cost] of statements) {
      const first = then?.statements.get(text) ?? { text, rowsRead: 0, buffers: 0 };
      if (hasGrown(name, first, cost))
        grown.push(
          `${name}: rows ${first.rowsRead}, then ${cost.rowsRead}; ` +
            `pages ${first.buffers}, then ${cost.buffers}: ${text}`,
        );
    }
  }
  return grown;
}

function hasGrown(walk: string, first: StatementCost, cost: StatementCost): boolean {
  const law = laws.find((candidate) => candidate.walk === walk && candidate.text.test(cost.text));
  const rowsMax = first.rowsRead * (law?.growthMax ?? growthMax.rows) + slack.rows;
  return cost.rowsRead > rowsMax || cost.buffers > first.buffers * growthMax.buffers + slack.buffers;
}

test('nothing that happens again and again reads more as the platform ages', async () => {
  const first = await costsAt(1);
  for (const times of [2, 4]) {
    // oxlint-disable-next-line no-await-in-loop -- one history at a time
    const grown = grownSince(first, await costsAt(times));
    expect(grown, `at ${times} times the age: ${grown.join('\n')}`).toEqual([]);
  }
}, 600_000);
