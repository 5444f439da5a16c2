import { beforeEach, expect, test } from 'vitest';
import { openRun, closeRun } from '../../src/db/runs/runs.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { lookAtSourcesActivities } from '../ingest/look-at-sources.ts';
import { decideDueActivities } from './decide-due.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const log = { error: () => undefined, warn: () => undefined };
const nudged: string[] = [];
const client = {
  workflow: { getHandle: (id: string) => ({ signal: () => Promise.resolve(void nudged.push(id)) }) },
};
/** What the source holds. */
let rows = 0;
const connectSource = () => ({
  identify: () => Promise.resolve({ digest: `of ${rows}`, bytes: null, lag: { unread: rows, unit: 'rows' } }),
});
const deps = { database, client, log, connectSource } as unknown as ActivityDependencies;
const { lookAtSources } = lookAtSourcesActivities(deps);
const { decideDue } = decideDueActivities(deps);

/** A look at the source, and then whatever is due because of it. */
async function tick(): Promise<readonly string[]> {
  await pool.query(`update trigger_look set look_at = now() - interval '1 second'`);
  await lookAtSources();
  // Times are kept to the millisecond and rounded, so that `now()` may lie ahead of what is asked right after it.
  await pool.query(`update trigger_look set decide_at = decide_at - interval '1 second'`);
  await decideDue();
  return nudged.splice(0);
}

let name = '';
let models = 0;
beforeEach(async () => {
  await pool.query('delete from trigger_look');
  name = `pushed-${++models}`;
  rows = 0;
  await storeSpec(db, { ...specOf(name), source: { kind: 'push' } }, 'a test');
});

/** A training that began and ended, with the ingest that it asked for. */
async function tried(heldNothing: boolean, attempt = 1): Promise<void> {
  const runs = [
    { runId: `train/${name}/${attempt}`, kind: 'train', output: {} },
    { runId: `ingest/${name}/x/${attempt}`, kind: 'ingest', output: heldNothing ? { heldNothing } : {} },
  ] as const;
  for (const { runId, kind, output } of runs) {
    await openRun(db, { runId, model: name, kind, trigger: null, input: { specRevision: 1 } });
    await closeRun(db, runId, { status: 'failed', detail: 'for a test', output });
  }
}

test('a first training that found nothing to read is asked about again when there are rows', async () => {
  await tried(true);
  expect(await tick(), 'still nothing').toEqual([]);
  rows = 3;
  expect(await tick()).toEqual([`model/${name}`]);
});

test('one that failed over the rows that it found is not tried for ever', async () => {
  await tried(false);
  rows = 3;
  expect(await tick()).toEqual([]);
});

test('a source that holds rows only until it is read is tried ever more seldom', async () => {
  for (const attempt of [1, 2, 3]) await tried(true, attempt);
  rows = 3;
  expect(await tick(), 'too soon').toEqual([]);
  await pool.query(`update run set started_at = started_at - interval '5 minutes' where model = $1`, [name]);
  expect(await tick()).toEqual([`model/${name}`]);
});
