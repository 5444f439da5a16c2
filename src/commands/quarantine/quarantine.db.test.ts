import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { withDuck } from '../../data/duck/connect.ts';
import { pathLiteral } from '../../data/duck/sql.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { historySnapshotOf, lineageOf, newestHistoryOf } from '../../db/models/snapshots.ts';
import { noteMemberRefused, sourceMembersOf } from '../../db/models/source-members.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { command, run } from '../../db/schema/index.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ContractRule, ModelSpec } from '../../domain/spec/spec.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { personOn } from '../../../tests/worlds/delivered-world.ts';
import { ingestText } from '../../../tests/worlds/quarantined-world.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import type { CommandContext } from '../base/context.ts';
import { dropQuarantine } from './drop-quarantine.ts';
import { fixQuarantine } from './fix-quarantine.ts';
import { listQuarantines } from './list-quarantines.ts';
import { everyRow } from './quarantine-of.ts';
import { replayQuarantine } from './replay-quarantine.ts';
import { showQuarantine } from './show-quarantine.ts';

const { database } = await openTestDatabase();
const { db } = database;
const folder = await mkdtemp(path.join(tmpdir(), 'quarantine-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = createArtifactStore(path.join(folder, 'store'));
const place = { store, importDir: path.join(folder, 'incoming') };
const person = personOn(database, new RecordingBus());
const as = (role: 'viewer' | 'operator', scope: string): CommandContext => ({
  ...person,
  principal: { ...person.principal, role, scope },
});

let models = 0;

/** Line 3 has a country nobody knows, line 4 a sum below zero, line 5 both; line 6 repeats the id of line 2. */
const text = [
  'id,at,amount,country,won',
  'a,2026-01-01,1.5,DE,yes',
  'b,2026-01-02,2.5,Germany,no',
  'c,2026-01-03,-3.5,DE,yes',
  'd,2026-01-04,-4.5,Germany,no',
  'a,2026-01-05,5.5,DE,yes',
  'f,2026-01-06,6.5,FR,no',
  '',
].join('\n');

function definition(name: string, rules: readonly ContractRule[] = []): ModelSpec {
  return completeSpec({
    name,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse', min: 0 },
      { kind: 'category', name: 'country', missing: 'refuse', values: ['DE', 'FR'] },
    ],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    entity: { column: 'id' },
    eventTime: { column: 'at' },
    contract: {
      rules: [{ rule: 'unique', id: 'one-id', columns: ['id'], severity: 'quarantine' }, ...rules],
      quarantineShareMax: 1,
    },
  });
}

async function world(
  of: {
    readonly rules?: readonly ContractRule[];
    readonly text?: string;
    readonly ndjson?: true;
    readonly member?: string;
  } = {},
) {
  const model = `quarantined-${models++}`;
  await withTransaction(database, (tx) => storeSpec(tx, definition(model, of.rules), 'ana'));
  const format = of.ndjson === true ? 'ndjson' : 'csv';
  const made = await ingestText(
    database,
    { store, folder },
    {
      model,
      text: of.text ?? text.replaceAll('x', model),
      format,
      ...(of.member === undefined ? {} : { member: of.member }),
    },
  );
  const { digest } = made;
  const said = { digest, key: null, reason: 'a test' };
  return {
    model,
    made,
    digest,
    fix: (set: Record<string, string | null>, pick: { rule?: string; line?: number }) =>
      fixQuarantine(person, { ...said, set, pick: { ruleId: pick.rule ?? null, line: pick.line ?? null } }),
    drop: (rule: string | null = null) =>
      dropQuarantine(person, { ...said, pick: { ruleId: rule, line: null } }, place),
    replay: (key: string | null = null) => replayQuarantine(person, { ...said, key }, place),
    show: (context: CommandContext = person) =>
      showQuarantine(context, { digest, pick: everyRow, afterLine: 0, rowsMax: 50 }, place),
    counts: async () => {
      const [found] = await listQuarantines(person, model, { after: null, rowsMax: 5 });
      return found;
    },
  };
}

async function rowsOf(model: string): Promise<readonly unknown[]> {
  const head = await newestHistoryOf(db, model, 1);
  const history = await lineageOf(db, [head?.digest ?? '']);
  const paths = await Promise.all(
    history.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => store.pathOf(sha256))),
  );
  const files = `read_parquet([${paths.map(pathLiteral).join(', ')}])`;
  const rows = await withDuck({}, (duck) => duck.rows(`SELECT id, amount, country FROM ${files} ORDER BY _order`));
  return rows.map((row) => Object.values(row).join(' '));
}

describe('a quarantine', () => {
  test('shows rules and counts to everybody, and rows to operators', async () => {
    const { digest, counts, show } = await world();
    expect(await counts()).toMatchObject({ digest, rows: 4, open: 4, replayed: 0, dropped: 0 });
    expect((await counts())?.rules.map(({ ruleId, rows }) => `${ruleId} ${rows}`)).toEqual([
      'amount.range 2',
      'country.values 2',
      'one-id 1',
    ]);
    expect((await show()).rows.map(({ line, ruleIds, state }) => [line, ruleIds.join(' '), state])).toEqual([
      [3, 'country.values', 'open'],
      [4, 'amount.range', 'open'],
      [5, 'amount.range country.values', 'open'],
      [6, 'one-id', 'open'],
    ]);
    await expect(show(as('viewer', '*'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(show(as('operator', 'other'))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('takes in what passes after edits, once, as rows behind the history', async () => {
    const { model, digest, made, fix, replay, show, counts } = await world();
    await fix({ country: 'DE' }, { rule: 'country.values' });
    await fix({ amount: '4.5' }, { line: 5 });
    expect((await show()).rows.map(({ raw, edited }) => JSON.parse(edited ?? raw).country)).toEqual([
      'DE',
      'DE',
      'DE',
      'DE',
    ]);
    expect((await show()).rows.map(({ breaks }) => breaks)).toEqual([[], null, [], null]);
    expect((await show()).leftToReplay).toContain('one-id');
    const answer = await replay();
    expect(answer).toMatchObject({ rows: 2, failed: 2, kind: 'replay-quarantine' });
    expect(await rowsOf(model)).toEqual(['a 1.5 DE', 'f 6.5 FR', 'b 2.5 DE', 'd 4.5 DE']);
    expect(await counts()).toMatchObject({ rows: 4, open: 2, replayed: 2, dropped: 0 });
    const head = await newestHistoryOf(db, model, 1);
    expect(head).toMatchObject({ digest: answer.snapshot, sourceDigest: made.manifest.sourceDigest });
    expect(head?.manifest).toMatchObject({ parents: [digest], replayOf: digest, quarantinedRows: 0 });
    // What the source holds is what the history ends with: nothing is read again.
    expect((await historySnapshotOf(db, model, made.manifest.sourceDigest, 1))?.digest).toBe(answer.snapshot);
    const [row] = await db.select().from(run).where(eq(run.runId, answer.runId));
    expect(row).toMatchObject({ kind: 'replay', status: 'completed', output: { snapshot: answer.snapshot, rows: 2 } });
    // A second replay has nothing to take but what failed, which fails again.
    await expect(replay()).rejects.toMatchObject({ code: 'contract_rejected' });
    expect(await rowsOf(model)).toHaveLength(4);
    expect((await show()).rows.map(({ state }) => state)).toEqual(['replayed', 'open', 'replayed', 'open']);
  });

  test('of one source of a union comes back as rows of that source, which has not been read since', async () => {
    const { model, fix, replay } = await world({ member: 'pos' });
    await noteMemberRefused(db, { model, member: 'pos', specRevision: 1 }, 'too few rows');
    const [before] = await sourceMembersOf(db, model);
    await fix({ country: 'DE' }, { rule: 'country.values' });
    await replay();
    expect((await newestHistoryOf(db, model, 1))?.manifest.member).toBe('pos');
    const after = await sourceMembersOf(db, model);
    expect(before).toMatchObject({ takenRows: 2, refusal: 'too few rows' });
    expect(after).toEqual([{ ...before, takenRows: 3 }]);
  });

  test('takes in nothing twice when the answer was lost', async () => {
    const { model, fix, replay } = await world();
    await fix({ country: 'DE' }, { rule: 'country.values' });
    const key = randomUUID();
    const first = await replay(key);
    await db.update(command).set({ status: 'accepted', answer: null }).where(eq(command.commandId, key));
    expect(await replay(key)).toEqual(first);
    expect(await rowsOf(model)).toHaveLength(3);
  });

  test('lets in no key that the history has, whatever the batch', async () => {
    const { model, drop, replay } = await world();
    await drop('country.values');
    await drop('amount.range');
    await expect(replay()).rejects.toMatchObject({
      code: 'contract_rejected',
      message: 'Nothing was replayed: none of 1 row passes the contract (one-id 1).',
    });
    expect(await rowsOf(model)).toHaveLength(2);
  });

  test('changes nothing where a rule refuses the whole batch', async () => {
    const never = {
      rule: 'compare',
      id: 'small',
      left: 'amount',
      op: '<',
      right: { value: 7 },
      severity: 'reject',
    } as const;
    const { model, fix, replay, counts } = await world({ rules: [never] });
    await fix({ country: 'DE', amount: '70' }, { line: 3 });
    await fix({ amount: '3' }, { line: 4 });
    await expect(replay()).rejects.toMatchObject({
      code: 'contract_rejected',
      message: expect.stringContaining('small refuses the whole batch'),
    });
    expect(await rowsOf(model)).toHaveLength(2);
    expect(await counts()).toMatchObject({ open: 4, replayed: 0 });
  });

  test('is dropped by rule, and then is open no more', async () => {
    const { model, drop, counts, replay } = await world();
    expect(await drop('amount.range')).toMatchObject({ rows: 2, text: '2 rows of amount.range dropped' });
    expect(await drop('amount.range')).toMatchObject({ rows: 0 });
    expect(await drop()).toMatchObject({ rows: 2 });
    expect(await counts()).toMatchObject({ rows: 4, open: 0, dropped: 4 });
    await expect(replay()).rejects.toMatchObject({ code: 'conflict' });
    expect(await rowsOf(model)).toHaveLength(2);
    const { rows } = await database.pool.query(
      `select type, reason from audit where model = $1 and type like 'perennial.quarantine.%' order by seq`,
      [model],
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({ type: 'perennial.quarantine.dropped', reason: 'a test' });
  });

  test('of JSON keeps every digit of a cell that nobody edited', async () => {
    const row = (id: string, country: string) =>
      `{"id":${id},"at":"2026-01-01","amount":1.5,"country":"${country}","won":"no"}`;
    const { model, fix, replay } = await world({
      ndjson: true,
      text: `${row('"a"', 'DE')}\n${row('12345678901234567890', 'Germany')}\n`,
    });
    await fix({ country: 'DE' }, { line: 2 });
    await replay();
    expect(await rowsOf(model)).toEqual(['a 1.5 DE', '12345678901234567890 1.5 DE']);
  });

  test('of a file with decimal commas is read as the file was', async () => {
    const line = (id: string, amount: string, country: string) => `${id};2026-01-01;${amount};${country};no`;
    const good = Array.from({ length: 30 }, (_, index) => line(`g${index}`, `${index},5`, 'DE'));
    const { model, fix, replay } = await world({
      text: `id;at;amount;country;won\n${[...good, line('z', '7,25', ' Germany')].join('\n')}\n`,
    });
    await fix({ country: 'DE' }, { line: 32 });
    await replay();
    expect((await rowsOf(model)).at(-1)).toBe('z 7.25 DE');
  });

  test('of a source that was read as a whole since, or under an older definition, is not replayed', async () => {
    const { model, replay } = await world();
    await ingestText(database, { store, folder }, { model, text: text.replace('6.5', '7.5') });
    await expect(replay()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('superseded') });
    const spec = definition(model);
    await withTransaction(database, (tx) => storeSpec(tx, { ...spec, about: { ...spec.about, owner: 'bob' } }, 'bob'));
    await expect(replay()).rejects.toMatchObject({
      message: expect.stringContaining('revision 2 reads its source anew'),
    });
  });

  test('waits for whoever reads the source', async () => {
    const { model, drop, fix, replay } = await world();
    await drop('amount.range');
    await fix({ country: 'DE' }, { line: 3 });
    const runId = `ingest/${model}/0000000000000000/1`;
    await db.insert(run).values({ runId, model, kind: 'ingest', status: 'running', input: {} });
    await expect(replay()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(runId) });
    await db.update(run).set({ status: 'completed' }).where(eq(run.runId, runId));
    expect(await replay()).toMatchObject({ rows: 1 });
  });

  test.each([
    [{ contry: 'DE' }, { line: 3 }, 'The source of the definition has no column "contry".'],
    [{ country: 'DE' }, {}, 'An edit names a rule or a line whose rows it changes.'],
  ] as const)('edits %j of %j is refused in one sentence', async (set, pick, message) => {
    const { fix } = await world();
    await expect(fix(set as unknown as Record<string, string>, pick)).rejects.toMatchObject({ message });
  });

  test('keeps no value in the audit or among the commands', async () => {
    const { model, fix } = await world();
    await fix({ country: 'a-secret-value' }, { line: 3 });
    for (const table of ['audit', 'command']) {
      const { rows } = await database.pool.query(`select t::text as text from ${table} t where model = $1`, [model]);
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain('a-secret-value');
    }
  });
});
