import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asc, eq } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { sourceMembersOf } from '../../src/db/models/source-members.ts';
import { newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { evidence, run } from '../../src/db/schema/index.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import type { ContractRule } from '../../src/domain/spec/spec.ts';
import { whileAlertsAreDenied } from '../../tests/worlds/denied-alerts.ts';
import { ingestDeps, readSource } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';

const { database } = await openTestDatabase();
const { db } = database;
const folder = await mkdtemp(path.join(tmpdir(), 'batch-rules-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const deps = ingestDeps(database, folder);

async function define(model: string, source: SourceSpec, rules: readonly ContractRule[], owner = 'o'): Promise<void> {
  const spec = completeSpec({
    name: model,
    about: { owner, useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'height', missing: 'allow' }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source,
    contract: { rules, quarantineShareMax: 1 },
  });
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'test'));
}

async function put(file: string, rows: number, height = 100): Promise<void> {
  const lines = Array.from({ length: rows }, (_, row) => `${height + (row % 7)},${row % 2 === 0 ? 'yes' : 'no'}`);
  await writeAged(path.join(folder, file), ['height,y', ...lines]);
}

let runs = 0;
async function ingest(model: string): Promise<string> {
  const runId = `ingest/${model}/${runs++}`;
  expect((await readSource(deps, model, runId)).isNew).toBe(true);
  return runId;
}

const runOf = async (runId: string) => (await db.select().from(run).where(eq(run.runId, runId)))[0];
const checksOf = async (model: string) => {
  const { revision } = await readCurrentSpec(db, model);
  const head = await newestHistoryOf(db, model, revision);
  return head?.manifest.batchChecks?.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`);
};

/** Of the first rule, by the evidence of each batch, in the order in which they were taken. */
const verdictsOf = async (model: string) => {
  const kept = await db.select().from(evidence).where(eq(evidence.model, model)).orderBy(asc(evidence.evidenceId));
  return kept.map(({ body }) => (body as { batchChecks?: { verdict: string }[] }).batchChecks?.[0]?.verdict);
};

const count: ContractRule = { rule: 'rowCountHistory', id: 'count', batches: 2, factor: 2, severity: 'reject' };
const mean: ContractRule = { rule: 'meanShift', id: 'mean', column: 'height', deviationsMax: 1, severity: 'warn' };

describe('a folder whose files are additions', () => {
  test('is held against the files before, within one reading and over several', async () => {
    await define('grows', { kind: 'folder', path: 'grows', format: 'csv' }, [count, mean]);
    await put('grows/1.csv', 30);
    await put('grows/2.csv', 40);
    await put('grows/3.csv', 50, 200);
    const runId = await ingest('grows');
    expect(await checksOf('grows')).toEqual(['count kept', 'mean broken']);
    const head = await newestHistoryOf(db, 'grows', 1);
    expect(head?.manifest.ruleCounts).toMatchObject([{ ruleId: 'mean', severity: 'warn', rows: 1, line: null }]);
    const told = await runOf(runId);
    expect(told?.detail).toContain('count, kept: 50 rows, where the last 2 batches had 35 in the middle');
    expect(told?.detail).toContain('mean, broken: the mean of height is 202.9 and was 102.');
    expect(told?.output).toMatchObject({ batchChecks: [{ verdict: 'kept' }, { verdict: 'broken' }] });
    expect(await verdictsOf('grows')).toEqual(['not-yet', 'not-yet', 'kept']);
  });

  test('refuses one that is unlike them, and nothing has changed but what the run says', async () => {
    await put('grows/4.csv', 5);
    const before = await newestHistoryOf(db, 'grows', 1);
    await expect(ingest('grows')).rejects.toMatchObject({ code: 'contract_rejected' });
    expect((await newestHistoryOf(db, 'grows', 1))?.digest).toBe(before?.digest);
    const told = await runOf(`ingest/grows/${runs - 1}`);
    expect(told).toMatchObject({ status: 'failed' });
    expect(told?.detail).toContain(
      'count, broken: 5 rows, where the last 2 batches had 45 in the middle and 22.5 to 90 are expected',
    );
  });

  test('begins anew under another definition, which reads all of it again', async () => {
    await rm(path.join(folder, 'grows/4.csv'));
    await define('grows', { kind: 'folder', path: 'grows', format: 'csv' }, [count], 'another');
    await ingest('grows');
    expect(await checksOf('grows')).toEqual(['count kept']);
    expect(await verdictsOf('grows')).toEqual(['not-yet', 'not-yet', 'kept', 'not-yet', 'not-yet', 'kept']);
  });
});

describe('a file that is read as a whole', () => {
  const source: SourceSpec = { kind: 'file', path: 'whole.csv', format: 'csv' };
  test('is held against what it was before, whatever the definition of then, and never against itself', async () => {
    await define('whole', source, [mean]);
    await put('whole.csv', 30);
    await ingest('whole');
    expect(await checksOf('whole')).toEqual(['mean not-yet']);
    await define('whole', source, [mean], 'another');
    await ingest('whole');
    expect(await checksOf('whole'), 'the same file').toEqual(['mean not-yet']);
    await put('whole.csv', 31);
    await ingest('whole');
    expect(await checksOf('whole')).toEqual(['mean kept']);
    await define(
      'whole',
      source,
      [
        { ...mean, severity: 'reject' },
        { ...count, batches: 3 },
      ],
      'a third',
    );
    await put('whole.csv', 32, 300);
    await expect(ingest('whole')).rejects.toThrow('mean, broken: the mean of height is 302.8 and was 102.8');
  });

  test('is held against a snapshot that a rule names, and one that is not there is no pass', async () => {
    const head = await newestHistoryOf(db, 'whole', 1);
    const against = head?.digest ?? '';
    await define('whole', source, [{ ...mean, against, severity: 'reject' }], 'a fourth');
    await put('whole.csv', 33);
    await ingest('whole');
    expect(await checksOf('whole')).toEqual(['mean kept']);
    await define('whole', source, [{ ...mean, against: 'a'.repeat(64), severity: 'reject' }], 'a fifth');
    await put('whole.csv', 34);
    await expect(ingest('whole')).rejects.toThrow('mean, could not be asked: snapshot aaaaaaaaaaaaaaaa is not one of');
  });
});

test('of a union each source is held against its own batches, and refused alone', async () => {
  const member = (path: string) => ({ kind: 'folder', path, format: 'csv' }) as const;
  const source = { kind: 'union', members: { big: member('big'), small: member('small') } } as const;
  await define('union', source, [count]);
  for (const day of [1, 2, 3]) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await put(`big/${day}.csv`, 400 + day);
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await put(`small/${day}.csv`, 10 + day);
  }
  await ingest('union');
  expect(await checksOf('union')).toEqual(['count kept']);
  await put('big/4.csv', 12);
  await put('small/4.csv', 12);
  await ingest('union');
  const members = await sourceMembersOf(db, 'union');
  expect(members.map(({ member: name, takenRows, refusal }) => [name, takenRows, refusal === null])).toEqual([
    ['big', 1_206, false],
    ['small', 48, true],
  ]);
});

describe('a rule about batches that warns', () => {
  const few: ContractRule = { rule: 'rowCount', id: 'few', min: 20, severity: 'warn' };
  const alertsOf = async (model: string) =>
    (
      await database.pool.query(
        `select kind, subject, severity, closed_at is null as open, closed_by as by, opened_at as at from alert
         where model = $1 order by subject`,
        [model],
      )
    ).rows;

  test('rings once while it lasts, and ends with the first batch that keeps it', async () => {
    await define('warned', { kind: 'folder', path: 'warned', format: 'csv' }, [few, mean]);
    await put('warned/1.csv', 10);
    await ingest('warned');
    const [first] = await alertsOf('warned');
    expect(first).toMatchObject({ kind: 'batch-rule', subject: 'rule/few', severity: 'warning', open: true });
    await put('warned/2.csv', 10, 900);
    await ingest('warned');
    expect(await alertsOf('warned')).toMatchObject([
      { subject: 'rule/few', open: true, at: first.at },
      { subject: 'rule/mean', open: true },
    ]);
    await put('warned/3.csv', 30, 900);
    await ingest('warned');
    expect(await alertsOf('warned')).toMatchObject([
      { subject: 'rule/few', open: false, by: null },
      { subject: 'rule/mean', open: false },
    ]);
    await put('warned/4.csv', 10, 900);
    await ingest('warned');
    expect((await alertsOf('warned')).map(({ open }) => open)).toEqual([true, false]);
  });

  test('what cannot be told is not taken either: a batch that was would never be come back to', async () => {
    await define('untold', { kind: 'folder', path: 'untold', format: 'csv' }, [few]);
    await put('untold/1.csv', 10);
    await whileAlertsAreDenied(database, () => expect(ingest('untold')).rejects.toThrow());
    expect(await newestHistoryOf(db, 'untold', 1)).toBeNull();
    await ingest('untold');
    expect(await alertsOf('untold')).toMatchObject([{ subject: 'rule/few', open: true }]);
    expect(await verdictsOf('untold')).toHaveLength(1);
  });

  test('closed by a person it stays closed until a batch has kept it; one that is gone rings no more', async () => {
    await database.pool.query(`update alert set closed_at = now(), closed_by = 'ana' where subject = 'rule/few'`);
    await put('warned/5.csv', 10, 900);
    await ingest('warned');
    expect((await alertsOf('warned'))[0]).toMatchObject({ open: false, by: 'ana' });
    await put('warned/6.csv', 30, 900);
    await put('warned/7.csv', 10, 900);
    await ingest('warned');
    expect((await alertsOf('warned'))[0]).toMatchObject({ open: true });
    await define('warned', { kind: 'folder', path: 'warned', format: 'csv' }, [mean]);
    await ingest('warned');
    expect((await alertsOf('warned'))[0]).toMatchObject({ open: false });
  });

  test('of a union each source rings by itself, and no longer when it is taken out', async () => {
    const member = (name: string) => ({ kind: 'folder', path: `leaving/${name}`, format: 'csv' }) as const;
    const [near, far] = [member('near'), member('far')];
    await define('leaving', { kind: 'union', members: { near, far } }, [few]);
    await put('leaving/near/1.csv', 30);
    await put('leaving/far/1.csv', 10);
    await ingest('leaving');
    expect(await alertsOf('leaving')).toMatchObject([{ subject: 'rule/few/far', open: true }]);
    await define('leaving', { kind: 'union', members: { near } }, [few]);
    await ingest('leaving');
    expect(await alertsOf('leaving')).toMatchObject([{ subject: 'rule/few/far', open: false }]);
  });
});
