import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { nextStretch } from '../../src/db/traffic/seal/next-stretch.ts';
import { findPredictions, trainingsOf } from '../../src/db/traffic/read/find-predictions.ts';
import type { LabelledRow } from '../../src/db/traffic/read/labelled-row.ts';
import { labelledPage, recentScoredRows } from '../../src/db/traffic/read/labelled-rows.ts';
import type { PredictionRecord, SpoolRecord } from '../../src/domain/record/records.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { endPart, letTimePass } from '../../tests/worlds/log-time.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import { keepLogStep } from './keep-log.ts';

const dayMs = 86_400_000;
const plan = { partMs: 7 * dayMs, idHorizonMs: 30 * dayMs, sealAgeMs: 90 * dayMs };
const hard = [
  '\\N',
  'NULL',
  '',
  '{a,"b"}',
  'tab\there',
  'line\nend\r',
  'back\\slash',
  'ünï🙂',
  '\u0001\u0002',
  '~',
  '|',
];

let world: ServingWorld;
let workDir: string;
let before: readonly LabelledRow[];
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  workDir = await mkdtemp(path.join(tmpdir(), 'perennial-keep-'));
  await fill();
  before = await everyPage(null);
});
afterAll(async () => {
  await world.close();
  await rm(workDir, { recursive: true });
});

let segments = 0;
const store = (records: readonly SpoolRecord[]) =>
  world.sink.store({ segmentId: `s${segments++}`, processId: 'p', records });
const query = async (text: string): Promise<Record<string, unknown>[]> => (await world.database.pool.query(text)).rows;
const step = () => keepLogStep({ database: world.database, store: world.artifacts, workDir }, plan);
const sealed = () => createSealedLog(world.artifacts);

/** Three parts of rows that are hard to carry, with labels in their own part, in a later one, and corrected. */
async function fill(): Promise<void> {
  for (let part = 0; part < 3; part++) {
    const rows = hard.map((text, index) => predictionRecord(`${part}-${index}`, valuesOf(part, index, text)));
    await store(rows);
    await store([
      ...hard.slice(0, 6).map((_, i) => labelRecord(`l-${part}-${i}`, { predictionId: `${part}-${i}` })),
      labelRecord(`c-${part}`, { predictionId: `${part}-1`, label: 'fraud', receivedAtMs: 1_777_000_000_500 }),
    ]);
    if (part > 0) await store([labelRecord(`late-${part}`, { predictionId: `${part - 1}-9`, label: 'fraud' })]);
    await endPart(world.database.pool);
  }
}

function valuesOf(part: number, index: number, text: string): Partial<PredictionRecord> {
  return {
    texts: [index === 3 ? null : text],
    numbers: [NaN, [Infinity, -0.1, 5e-324, 1e300, 0.1 + 0.2][index % 5] ?? 0],
    entityHash: index === 5 ? null : `entity-${index}`,
    eventTimeMs: index === 4 ? null : part * 1_000 + index,
    answer: { scores: [1 / 3, 2 / 3], rawScores: [0.1, 0.9], decision: 'fine' },
    ...(index === 2 ? { otherVersion: 2, otherAnswer: { scores: [0.5, 0.5], decision: 'fine' } } : {}),
    failed: index === 7,
  };
}

async function everyPage(from: ReturnType<typeof sealed> | null): Promise<readonly LabelledRow[]> {
  const rows: LabelledRow[] = [];
  for (let afterSeq = 0; ;) {
    const page = await labelledPage(world.database.db, 'fraud', { afterSeq, throughWindow: 99, rowsMax: 7 }, from);
    const last = page.at(-1);
    if (last === undefined) return rows;
    rows.push(...page);
    afterSeq = last.seq;
  }
}

test('nothing is sealed before its age', async () => {
  expect(await step()).toMatchObject({ more: false });
  expect(await query('select 1 from sealed_stretch')).toEqual([]);
});

test('a step that dies is done again: one row per stretch, and nothing is dropped unsealed', async () => {
  await letTimePass(world.database.pool, 95);
  // Killed before the row is written: the artifact lies there already when it is done again.
  const dying = { ...world.artifacts, putBytes: () => Promise.reject(new Error('killed')) };
  await step();
  await expect(keepLogStep({ database: world.database, store: dying, workDir }, plan)).rejects.toThrow('killed');
  expect(await readdir(workDir)).toEqual([]);
  expect(await query('select 1 from alert')).toEqual([]);
  // A fault that stays rings, since no later part is sealed before this one.
  const differs = new PerennialError('invalid_data', 'The file differs.', { path: 'fraud' });
  const refusing = { ...world.artifacts, putBytes: () => Promise.reject(differs) };
  await expect(keepLogStep({ database: world.database, store: refusing, workDir }, plan)).rejects.toThrow(differs);
  expect(await query('select model, kind, subject from alert')).toEqual([
    { model: 'fraud', kind: 'task-failed', subject: 'upkeep' },
  ]);
  // Two workers at once, each told to do the same.
  await Promise.allSettled([step(), step()]);
  for (let more = true; more;) ({ more } = await step());
  expect(await step()).toMatchObject({ more: false });
  const [live] = await query('select count(*)::int as rows from prediction');
  expect(live).toEqual({ rows: 0 });
  expect(await query('select kind, sum(rows)::int as rows from sealed_stretch group by kind order by kind')).toEqual([
    { kind: 'labels', rows: 23 },
    { kind: 'predictions', rows: 33 },
  ]);
  expect(await query('select part from log_part where dropped_at is not null order by part')).toHaveLength(4);
});

test('the reader gives the same rows from files as it gave from Postgres', async () => {
  expect(before).toHaveLength(20);
  expect(await everyPage(sealed())).toEqual(before);
  expect(await everyPage(null), 'without the files there is nothing').toEqual([]);
  const range = { version: 1, throughWindow: 99, matureSeq: 99, afterSeq: 5, rowsMax: 9 };
  expect(await recentScoredRows(world.database.db, 'fraud', range, sealed())).toEqual(
    before.filter(({ seq }) => seq > 5).slice(-9),
  );
});

test('a sealed prediction is found by id and by entity, with its labels and what came since', async () => {
  await store([labelRecord('very-late', { predictionId: '0-8', label: 'fraud' })]);
  const find = (key: { id: string } | { entityHashes: string[] }, rowsMax = 5) =>
    findPredictions(world.database.db, sealed(), 'fraud', key, rowsMax);
  const [one, ...rest] = await find({ id: '0-1' });
  expect(rest).toEqual([]);
  expect(one?.isSealed).toBe(true);
  expect(one?.row).toMatchObject({ prediction_id: '0-1', texts: ['NULL'], numbers: [NaN, -0.1], version: 1 });
  expect(one?.labels.map(({ label }) => label)).toEqual(['fraud', 'fine']);
  expect((await find({ id: '0-8' }))[0]?.labels.map(({ label_id: id }) => id)).toEqual(['very-late']);
  expect((await find({ entityHashes: ['entity-2'] })).map(({ row }) => row.prediction_id)).toEqual([
    '2-2',
    '1-2',
    '0-2',
  ]);
  expect((await find({ entityHashes: ['entity-2'] }, 2)).map(({ row }) => row.prediction_id)).toEqual(['2-2', '1-2']);
  const named = await find({ entityHashes: ['entity-2', 'entity-3'] });
  expect(named.map(({ row }) => row.prediction_id)).toEqual(['2-3', '2-2', '1-3', '1-2', '0-3']);
  expect(await find({ id: 'nobody' })).toEqual([]);
  if (one !== undefined) expect(await trainingsOf(world.database.db, 'fraud', one.row, one.labels)).toEqual([]);
});

test('a label that came after its prediction was sealed is read from its own file', async () => {
  await store([labelRecord('of-nobody', { predictionId: 'never-came', label: 'fraud' })]);
  await endPart(world.database.pool);
  await letTimePass(world.database.pool, 95);
  for (let more = true; more;) ({ more } = await step());
  expect(await query('select 1 from label')).toEqual([]);
  const [found] = await findPredictions(world.database.db, sealed(), 'fraud', { id: '0-8' }, 1);
  expect(found?.labels.map(({ label_id: id }) => id)).toEqual(['very-late']);
  expect((await everyPage(sealed())).map(({ seq }) => seq)).toContain(found?.row.seq);
});

test('models are sealed one after the other, and what is sealed is not looked at again', async () => {
  await store([predictionRecord('n-1'), predictionRecord('n-2')]);
  await query(`insert into prediction select (jsonb_populate_record(p, jsonb_build_object('model', other.model))).*
    from prediction p cross join (values ('a-first'), ('zebra')) other (model) where p.model = 'fraud'`);
  const part = await endPart(world.database.pool);
  await letTimePass(world.database.pool, 95);
  await query(`select freeze_log_part(${part})`);
  const order: string[] = [];
  for (;;) {
    const next = await nextStretch(world.database, part, 1);
    if (next === null || next.kind === 'labels') break;
    order.push(`${next.model} ${next.lastPlace - next.firstPlace}`);
    await query(
      `insert into sealed_stretch select '${next.model}', 'predictions', ${part}, ${next.firstPlace}, ${next.lastPlace},
        1, 1, 1, 1, 1, 1, now(), now(), '{}', 1, 'a', null, 'b'`,
    );
  }
  expect(order).toEqual(['a-first 0', 'a-first 0', 'fraud 0', 'fraud 0', 'zebra 0', 'zebra 0']);
  await query(`delete from sealed_stretch where part = ${part}`);
});

test('a file that differs from its partition is not taken, and the partition stays', async () => {
  await store([predictionRecord('new')]);
  const part = await endPart(world.database.pool);
  await letTimePass(world.database.pool, 95);
  await query(`select freeze_log_part(${part})`);
  // As a lost row would look: the stretch says that it has one, and the partition has it not.
  await query(
    `insert into sealed_stretch select model, 'predictions', ${part}, last_seq + 1, last_seq + 9, 1, last_seq + 1, 1, 1,
      1, 1, now(), now(), '{}', 1, 'a', null, 'b' from model_stream where model = 'fraud'`,
  );
  await expect(query(`select drop_log_part(${part})`)).rejects.toThrow('rows of fraud are missing');
  expect(await query("select 1 from prediction where prediction_id = 'new'")).toHaveLength(1);
});
