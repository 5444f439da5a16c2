import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { CommandContext } from '../../src/commands/base/context.ts';
import { freeze } from '../../src/commands/control/freeze.ts';
import { checkQuarantineRepair } from '../../src/commands/quarantine/check-quarantine-repair.ts';
import { listQuarantines } from '../../src/commands/quarantine/list-quarantines.ts';
import { repairQuarantine } from '../../src/commands/quarantine/repair-quarantine.ts';
import { replayQuarantine } from '../../src/commands/quarantine/replay-quarantine.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { command } from '../../src/db/schema/index.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { RepairSpec } from '../../src/domain/spec/spec.ts';
import { repair } from '../../src/sdk/index.ts';
import { personOn } from '../../tests/worlds/delivered-world.ts';
import { historyOf, ingestDeps, readSource } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';

const { database } = await openTestDatabase();
const { db } = database;
const folder = await mkdtemp(path.join(tmpdir(), 'repaired-quarantine-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const deps = ingestDeps(database, folder);
const place = { store: deps.store, importDir: path.join(folder, 'incoming') };
const bus = new RecordingBus();
const person: CommandContext = { ...personOn(database, bus), sourceRoots: [{ scope: '*', path: folder }] };

/** Line 3 and 5 have a country in words, and line 5 a sum below zero as well. */
const rows = [
  'id,amount,country,won',
  'a,1.5,DE,yes',
  'b,2.5,Germany,no',
  'c,3.5,FR,yes',
  'd,-4.5,Germany,no',
  'e,5.5,DE,yes',
  '',
].join('\n');
const words = repair.map('country', { Germany: 'DE' });

let models = 0;
async function world() {
  const model = `repaired-${models++}`;
  const file = path.join(folder, `${model}.csv`);
  await writeFile(file, rows);
  const spec = completeSpec({
    name: model,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse', min: 0 },
      { kind: 'category', name: 'country', missing: 'refuse', values: ['DE', 'FR'] },
    ],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: file, format: 'csv' },
    entity: { column: 'id' },
    repairs: [repair.trim('id')],
    contract: {
      rules: [{ rule: 'unique', id: 'one-id', columns: ['id'], severity: 'quarantine' }],
      quarantineShareMax: 1,
    },
  });
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'ana'));
  const digest = await read(model);
  const ask = (key: string | null = null, given: RepairSpec = words, at: number | null = null) =>
    repairQuarantine(person, { digest, key, reason: 'a test', repair: given, at });
  return { model, file, digest, ask };
}

const read = async (model: string) => (await readSource(deps, model)).snapshot.digest;
const idsOf = async (model: string) => (await historyOf(deps, model, ['id', 'country'])).join(', ');

const listed = async (model: string) =>
  (await listQuarantines(person, model, { after: null, rowsMax: 5 })).map(({ rows: all, open, settledBy }) => ({
    rows: all,
    open,
    settledBy,
  }));

test('a repair is tried on the rows as they came, and nothing is stored', async () => {
  const { model, digest } = await world();
  const found = await checkQuarantineRepair(person, { digest, repair: words, at: null }, place);
  expect(found).toMatchObject({
    rows: 2,
    changed: 2,
    mended: 1,
    broken: 1,
    takenOut: 0,
    unreadable: 0,
    isPartial: false,
    rules: [{ ruleId: 'amount.range', rows: 1 }],
    first: [
      { line: 3, column: 'country', before: 'Germany', after: 'DE', breaks: [] },
      { line: 5, column: 'country', before: 'Germany', after: 'DE', breaks: ['amount.range'] },
    ],
    declaration: "repair.map('country', { Germany: 'DE' })",
    notes: [],
  });
  const dropped = await checkQuarantineRepair(
    person,
    { digest, repair: repair.dropRows('amount', '<', 0), at: 0 },
    place,
  );
  expect(dropped).toMatchObject({ changed: 1, mended: 0, takenOut: 1, broken: 1, first: [{ line: 5, breaks: null }] });
  expect((await readCurrentSpec(db, model)).revision).toBe(1);
});

test('the reading of the revision with the repair takes the rows in once, and settles the quarantine', async () => {
  const { model, digest, ask } = await world();
  expect(await idsOf(model)).toBe('a DE, c FR, e DE');
  const answer = await ask();
  expect(answer).toMatchObject({ kind: 'apply', revision: 2, created: true, text: expect.stringContaining('2 rows') });
  expect((await readCurrentSpec(db, model)).spec.repairs).toEqual([repair.trim('id'), words]);
  // Not before it has been read: a reading may be refused.
  expect(await listed(model)).toEqual([{ rows: 2, open: 2, settledBy: null }]);
  await read(model);
  expect(await idsOf(model)).toBe('a DE, b DE, c FR, e DE');
  expect(await listed(model)).toEqual([
    { rows: 1, open: 1, settledBy: null },
    { rows: 2, open: 0, settledBy: 2 },
  ]);
  await expect(
    replayQuarantine(person, { digest, key: null, reason: 'once more' }, place),
    'the rows stand there once',
  ).rejects.toMatchObject({ code: 'conflict' });
  await read(model);
  expect(await idsOf(model)).toBe('a DE, b DE, c FR, e DE');
});

test('what a line begins with settles nothing, and nothing settles what traffic set aside', async () => {
  const { model, digest, ask } = await world();
  /** The snapshot of the first reading once more, as another one. */
  const copied = (as: string, changes: { revision: number; kind: string; more: object }) =>
    database.pool.query(
      `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest,
         created_at)
       select $1, model, $2, $3, source_digest, rows, quarantined_rows, manifest || $4::jsonb, created_at - $5::interval
       from snapshot where digest = $6`,
      [as.padEnd(64, digest), changes.revision, changes.kind, changes.more, '1 second', digest],
    );
  await copied('a', { revision: 1, kind: 'traffic', more: {} });
  await ask();
  // Its source may be away for long after that.
  const branched = { model: 'another', snapshot: 'x', found: 'y' };
  await copied('b', { revision: 2, kind: 'history', more: { branched, quarantinedRows: 0 } });
  await database.pool.query(`update snapshot set quarantined_rows = 0 where digest = $1`, ['b'.padEnd(64, digest)]);
  const open = { rows: 2, open: 2, settledBy: null };
  expect(await listed(model)).toEqual([open, open]);
  await database.pool.query(`delete from snapshot where digest = $1`, ['b'.padEnd(64, digest)]);
  await read(model);
  expect(await listed(model)).toEqual([{ ...open, rows: 1, open: 1 }, { ...open, open: 0, settledBy: 2 }, open]);
});

test('asked twice it is there once: with the same name, after a lost answer, and under another name', async () => {
  const { model, ask } = await world();
  const key = randomUUID();
  const first = await ask(key);
  expect(await ask(key)).toEqual(first);
  await db.update(command).set({ status: 'accepted', answer: null }).where(eq(command.commandId, key));
  expect(await ask(key)).toEqual(first);
  await read(model);
  expect(await ask()).toMatchObject({ created: false, revision: 2, text: expect.stringContaining('already') });
  const { spec, revision } = await readCurrentSpec(db, model);
  expect([revision, spec.repairs?.length]).toEqual([2, 2]);
  const applied = bus.delivered.filter((one) => one.kind === 'apply' && one.model === model);
  expect(new Set(applied.map((one) => JSON.stringify(one.message)))).toHaveProperty('size', 1);
});

test('it stands at the place that was asked for, and what apply would refuse is refused', async () => {
  const { model, digest, ask } = await world();
  await expect(ask(null, words, 5)).rejects.toMatchObject({
    code: 'invalid_request',
    message: 'The definition has 1 repair, so there is no place 5.',
  });
  await expect(ask(null, repair.map('country', { Germany: 'XX' }))).rejects.toMatchObject({
    code: 'invalid_spec',
    path: expect.stringContaining('repairs[1]'),
  });
  await expect(
    checkQuarantineRepair(person, { digest, repair: repair.trim('contry'), at: null }, place),
  ).rejects.toMatchObject({ code: 'invalid_spec' });
  await ask(null, words, 0);
  expect((await readCurrentSpec(db, model)).spec.repairs).toEqual([words, repair.trim('id')]);
  await expect(ask(null, repair.trim('country'))).rejects.toMatchObject({
    message: expect.stringContaining('revision 2 reads its source anew'),
  });
});

test('a frozen model gets none, and an operator may try one and not add it', async () => {
  const { model, digest, ask } = await world();
  const operator = { ...person, principal: { ...person.principal, role: 'operator' as const } };
  await expect(
    repairQuarantine(operator, { digest, key: null, reason: 'a test', repair: words, at: null }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  expect(await checkQuarantineRepair(operator, { digest, repair: words, at: null }, place)).toMatchObject({
    mended: 1,
  });
  await freeze(person, { model, key: null, reason: 'stock-taking' });
  await expect(ask()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('stock-taking') });
  expect((await readCurrentSpec(db, model)).revision).toBe(1);
});
