import { sql, type SQL } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { fraud } from '../../../models/fraud.ts';
import { withTransaction } from '../base/connect.ts';
import { readingRunKinds } from '../../domain/record/closed-sets.ts';
import { historySnapshotOf } from '../models/snapshots.ts';
import { storeSpec } from '../models/specs.ts';
import { routedVersionOf } from '../routing/routing.ts';
import { putHold, removeHold } from './holds.ts';
import { removeOfModel } from './remove-of-model.ts';

const { database } = await openTestDatabase();

const dayMs = 86_400_000;
const ago = (days: number): SQL => sql`now() - ${days} * interval '1 day'`;
const run = async <T extends Record<string, unknown>>(query: SQL) => (await database.db.execute<T>(query)).rows;
const columnOf = async (query: SQL) => (await run<{ value: number | string }>(query)).map(({ value }) => value);

/** 10 windows of 2 rows, a day apart, the youngest closed a day ago; each row has a label in its own window. */
async function live(model: string, retention: Partial<typeof fraud.retention>): Promise<void> {
  const none = { predictions: null, labels: null, evidence: null, artifacts: null };
  const spec = { ...fraud, name: model, retention: { ...none, ...retention } };
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'ann'));
  await run(sql`update model_stream set last_seq = 20 where model = ${model}`);
  await run(sql`insert into "window" (model, number, rows, first_seq, last_seq, opened_at, closed_at, judged_at,
    decided_at)
    select ${model}, w, 2, 2 * w - 1, 2 * w, now(), now() - (11 - w) * interval '1 day', now(), now()
    from generate_series(1, 10) w`);
  await run(sql`insert into prediction (model, prediction_id, seq, window_number, requested_at, bucket, arm, stage,
      challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores, failed,
        latency_us)
    select ${model}, 'p' || s, s, (s + 1) / 2, now(), 0, 'champion', 'steady', 0, 1, 'identity', 1, 1, '{}', '{}',
    '{0.5}',
      false, 1 from generate_series(1, 20) s`);
  await run(sql`insert into label (model, label_id, prediction_id, label, known_seq, known_window, received_at)
    select ${model}, 'l' || s, 'p' || s, 'fraud', s, (s + 1) / 2, now() from generate_series(1, 20) s`);
  for (const kind of ['window', 'gate'])
    await run(sql`insert into evidence (model, kind, subject, verdict, body, created_at)
      select ${model}, ${kind}, ${`${kind}/`} || w, 'fine', '{"text": "as it was", "numbers": [1, 2, 3]}',
        now() - (11 - w) * interval '1 day' from generate_series(1, 10) w`);
}

async function removeAll(model: string): Promise<void> {
  while (await removeOfModel(database, model, 3));
}

const seqs = (model: string) =>
  columnOf(sql`select seq::int as value from prediction where model = ${model} order by 1`);
const labels = (model: string) =>
  columnOf(sql`select known_seq::int as value from label where model = ${model} order by 1`);
const from = (first: number) => Array.from({ length: 21 - first }, (_, index) => first + index);

test('each kind of traffic goes with its own end, in small batches, and is counted', async () => {
  await live('m', { predictions: { ms: 5 * dayMs }, labels: { ms: 8 * dayMs } });
  await removeAll('m');
  // Windows 1 to 4 were closed 10 to 7 days ago, and the day that is over is a whole one.
  expect((await seqs('m'))[0]).toBeOneOf([9, 11]);
  expect((await labels('m'))[0]).toBeOneOf([3, 5]);
  const [counted] = await run<{ rows: number }>(
    sql`select rows::int as rows from removal where model = 'm' and what = 'prediction'`,
  );
  expect(counted?.rows).toBe(20 - (await seqs('m')).length);
  await removeAll('m');
  expect(
    await run(sql`select from removal where model = 'm' and rows <> ${counted?.rows ?? 0}
    and what = 'prediction'`),
  ).toEqual([]);
});

test('a definition that keeps everything loses nothing', async () => {
  await live('all', {});
  await removeAll('all');
  expect(await seqs('all')).toEqual(from(1));
  expect(await run(sql`select from removal where model = 'all'`)).toEqual([]);
});

test.each([
  [
    'an open rollout',
    (model: string) => sql`insert into rollout (model, version, attempt, status, spec_revision, salt,
      started_seq) values (${model}, 2, 1, 'held', 1, 's', 5)`,
    5,
  ],
  [
    'a guard',
    (model: string) => sql`with r as (insert into rollout (model, version, attempt, status, spec_revision, salt,
      started_seq, ended_seq) values (${model}, 2, 1, 'promoted', 1, 's', 1, 7))
    insert into run (run_id, model, kind, status, input) values (${`guard/${model}/2`}, ${model}, 'guard', 'running',
      '{"version": 2, "predecessor": 1}')`,
    7,
  ],
  [
    'a window that is not judged',
    (model: string) => sql`update "window" set judged_at = null where model = ${model} and number = 2`,
    3,
  ],
  [
    'a training',
    (model: string) => sql`insert into run (run_id, model, kind, status, input)
    values (${`train/${model}/1`}, ${model}, 'train', 'running', '{}')`,
    1,
  ],
] as const)('the traffic that %s needs stays, whatever its age', async (name, needs, first) => {
  const model = name.replaceAll(' ', '-');
  await live(model, { predictions: { ms: dayMs }, labels: { ms: dayMs } });
  await run(needs(model));
  await removeAll(model);
  expect(await seqs(model)).toEqual(from(first));
  expect(await labels(model)).toEqual(from(first));
});

test('under a legal hold nothing goes; released, it does', async () => {
  await live('held', {
    predictions: { ms: dayMs },
    labels: { ms: dayMs },
    evidence: { ms: dayMs },
    artifacts: { ms: dayMs },
  });
  await withTransaction(database, (tx) => putHold(tx, { model: 'held', actor: 'ann', reason: 'a case' }));
  await removeAll('held');
  expect(await seqs('held')).toEqual(from(1));
  expect(await run(sql`select from removal where model = 'held'`)).toEqual([]);
  await withTransaction(database, (tx) => removeHold(tx, 'held'));
  await removeAll('held');
  expect((await seqs('held')).length).toBeLessThan(20);
});

test('evidence of windows goes; a decision keeps its sentence, and what the champion rests on all', async () => {
  await live('judged', { evidence: { ms: 4 * dayMs } });
  await run(sql`insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest,
    correction,
      snapshots, report, labelled_rows, gate_verdict, gate_evidence_id, created_at)
    select 'judged', 1, 'r', 'released', 1, 'd', 'd', 'identity', '[]', '{}', 0, 'pass', evidence_id, ${ago(10)}
    from evidence where model = 'judged' and subject = 'gate/1'`);
  await removeAll('judged');
  const left = await run<{ subject: string; body: Record<string, unknown> }>(
    sql`select subject, body from evidence where model = 'judged' order by evidence_id`,
  );
  const bodies = new Map(left.map(({ subject, body }) => [subject, body]));
  expect(bodies.has('window/1')).toBe(false);
  expect(bodies.get('window/9')).toMatchObject({ numbers: [1, 2, 3] });
  expect(bodies.get('gate/1')).toMatchObject({ numbers: [1, 2, 3] });
  expect(bodies.get('gate/2')).toEqual({ text: 'as it was', removedAt: expect.any(String) });
  expect(bodies.get('gate/9')).toMatchObject({ numbers: [1, 2, 3] });
  // Predictions are kept for ever here, so their windows are.
  expect(await columnOf(sql`select number as value from "window" where model = 'judged'`)).toHaveLength(10);
});

/** Old versions with a snapshot each: 1 first champion, 2 approved, 3 nothing, 4 predecessor, 5 champion, 6 newest. */
async function liveLong(model: string): Promise<void> {
  await live(model, { artifacts: { ms: dayMs } });
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const digest = `${model}-s${number}`;
    await run(sql`insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows,
      manifest,
        created_at) values (${digest}, ${model}, 1, 'history', ${digest}, 1, 0, '{"files": []}', ${ago(
          100 - number,
        )})`);
    await run(sql`insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest,
        correction, snapshots, report, labelled_rows, gate_verdict, created_at)
      values (${model}, ${number}, ${`${model}-r${number}`}, 'released', 1, 'd', 'd', 'identity',
        ${JSON.stringify([digest])}::jsonb, '{}', 0, 'pass', ${ago(100 - number)})`);
  }
  const command = '00000000-0000-4000-8000-00000000000a';
  await run(sql`insert into command (command_id, model, kind, actor, body, body_hash, status)
    values (${command}, ${model}, 'approve', 'ann', '{}', 'x', 'done') on conflict do nothing`);
  const moves = [
    [null, 1, null],
    [1, 2, command],
    [2, 4, null],
    [4, 5, null],
  ] as const;
  for (const [index, [before, after, by]] of moves.entries())
    await run(sql`insert into alias_move (model, alias, from_version, to_version, actor, why, command_id,
      routing_revision)
      values (${model}, 'champion', ${before}, ${after}, 'x', 'y', ${by}, ${index + 1})`);
  await run(sql`update routing set entry = entry || '{"champion": {"version": 5}}'::jsonb where model = ${model}`);
}

test('files of versions that nobody could go back to are given up, and nothing finds them any more', async () => {
  await liveLong('long');
  await removeAll('long');
  const given = sql`select version as value from version where model = 'long' and files_removed_at is not null`;
  expect(await columnOf(given)).toEqual([3]);
  expect(
    await columnOf(sql`select digest as value from snapshot where model = 'long' and files_removed_at is not null`),
  ).toEqual(['long-s3']);
  await expect(routedVersionOf(database.db, 'long', 3)).rejects.toMatchObject({ code: 'conflict' });
  expect(await historySnapshotOf(database.db, 'long', 'long-s3', 1)).toBeNull();
  expect(await historySnapshotOf(database.db, 'long', 'long-s4', 1)).not.toBeNull();
});

test('a snapshot that a tag or a publication names keeps its files until neither does', async () => {
  await liveLong('named');
  await run(sql`insert into snapshot_tag (model, tag, digest, move_id) values ('named', 'clean', 'named-s3', 1)`);
  await removeAll('named');
  const gone = sql`select digest as value from snapshot where model = 'named' and files_removed_at is not null`;
  expect(await columnOf(gone)).toEqual([]);
  await run(sql`update snapshot_tag set digest = null where model = 'named'`);
  await run(sql`insert into snapshot_publication (model, tag, edition, digest, readers, subscribers)
    values ('named', 'clean', 1, 'named-s3', '{}', '{}')`);
  await removeAll('named');
  expect(await columnOf(gone)).toEqual([]);
  await run(sql`update snapshot_publication set withdrawn_at = now() where model = 'named'`);
  await removeAll('named');
  expect(await columnOf(gone)).toEqual(['named-s3']);
});

test.each(readingRunKinds)('files of snapshots stay while a run of %s reads, and go when it is over', async (kind) => {
  const model = `reads-${kind}`;
  await liveLong(model);
  await run(sql`insert into run (run_id, model, kind, status, input)
    values (${`${kind}/${model}/1`}, ${model}, ${kind}, 'running', '{}')`);
  await removeAll(model);
  const gone = sql`select digest as value from snapshot where model = ${model} and files_removed_at is not null`;
  expect(await columnOf(gone)).toEqual([]);
  await run(sql`update run set status = 'completed' where model = ${model}`);
  await removeAll(model);
  expect(await columnOf(gone)).toEqual([`${model}-s3`]);
});
