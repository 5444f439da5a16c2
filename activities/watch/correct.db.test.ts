import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import type { CommandContext } from '../../src/commands/base/context.ts';
import { freeze } from '../../src/commands/control/freeze.ts';
import { thaw } from '../../src/commands/control/thaw.ts';
import { corrections } from '../../src/commands/watching/read-corrections.ts';
import { resumeCorrection } from '../../src/commands/watching/resume-correction.ts';
import { undoCorrection } from '../../src/commands/watching/undo-correction.ts';
import { createDatabase, withTransaction, type Database } from '../../src/db/base/connect.ts';
import { controlStateOf } from '../../src/db/routing/control-state.ts';
import { moveChampionTo } from '../../src/db/routing/move-champion.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import { version } from '../../src/db/schema/index.ts';
import { parseCorrection } from '../../src/domain/rollout/correction.ts';
import type { CorrectionSpec } from '../../src/domain/spec/spec.ts';
import { addLabelledWindow } from '../../tests/worlds/corrected-traffic.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { silentBus } from '../../tests/worlds/silent-bus.ts';
import { addWatchedModel, anyModelName, watchedSpec } from '../../tests/worlds/watched-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { createWindowJudge } from './judge-window.ts';
import type { LeasedWrite } from './leased-write.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
let store: ArtifactStore;
let deps: ActivityDependencies;
let ana: CommandContext;

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-corrections-'));
  store = createArtifactStore(folder);
  const quiet = () => undefined;
  deps = {
    database,
    store,
    client: { workflow: { getHandle: () => ({ signal: () => Promise.resolve() }) } },
    log: { error: quiet, warn: quiet, info: quiet },
  } as unknown as ActivityDependencies;
  const principal = { tokenId: randomUUID(), name: 'ana', role: 'operator', scope: '*' } as const;
  ana = { database, bus: silentBus(), principal };
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

const usualWrite: LeasedWrite = (work) => withTransaction(database, work);

async function addModel(more: Partial<CorrectionSpec> = {}): Promise<string> {
  const correction: CorrectionSpec = { halfLifeRows: 400, rowsMax: 600, labelledRowsMin: 100, ...more };
  const input = watchedSpec(anyModelName());
  const { spec } = await addWatchedModel(database, store, { ...input, watch: { ...input.watch, correction } });
  return spec.name;
}

/** Plays a window whose labels say that the world lies so far above what the model says, and judges it. */
async function play(model: string, number: number, shift = 1.5, write = usualWrite): Promise<void> {
  await addLabelledWindow(database, model, number, shift);
  const window = await findWindow(database.db, model, number);
  if (window === null) throw new Error('the window was added');
  await createWindowJudge(deps)(window, write);
}

const champion = async (model: string) => (await readRouting(database.db, model))?.champion;
const digestOf = async (model: string) => (await champion(model))?.correction ?? '';
const undo = (model: string, more: Partial<Parameters<typeof undoCorrection>[1]> = {}) =>
  undoCorrection(ana, { model, key: null, reason: 'bad labels', to: null, version: null, isDryRun: false, ...more });
const resume = (model: string, version: number | null = null) =>
  resumeCorrection(ana, { model, key: null, reason: 'the labels are mended', version });
const list = async (model: string, more: { version?: number; limit?: number; cursor?: string } = {}) =>
  corrections(ana, { model, version: null, limit: 200, ...more });
const auditOf = async (model: string) =>
  (
    await database.pool.query<{ type: string; actor: string }>(
      `select type, actor from audit where model = $1 and type like 'perennial.correction.%' order by seq`,
      [model],
    )
  ).rows;

/** A model with two corrections behind it; gives what answered before, and what answers. */
async function corrected(more: Partial<CorrectionSpec> = {}): Promise<{ model: string; before: string; now: string }> {
  const model = await addModel(more);
  let [before, now] = ['identity', 'identity'];
  for (let number = 1; number <= 3; number++) {
    // oxlint-disable-next-line no-await-in-loop -- windows come one after the other
    await play(model, number);
    // oxlint-disable-next-line no-await-in-loop -- as above
    [before, now] = [now, await digestOf(model)];
  }
  expect(new Set(['identity', before, now]).size).toBe(3);
  return { model, before, now };
}

test('recent errors are answered with as a part of the intercept, where the definition asks for them', async () => {
  const [without, reads] = [await addModel({ everyRows: 50 }), await addModel({ everyRows: 50, recentErrors: true })];
  for (const model of [without, reads]) await play(model, 1);
  expect(await digestOf(reads)).not.toBe(await digestOf(without));
  const [plain, served] = await Promise.all(
    [without, reads].map(async (model) =>
      parseCorrection((await store.readBytes(await digestOf(model))).toString('utf8')),
    ),
  );
  expect(served).toMatchObject({ formatVersion: 1, task: 'binary' });
  expect(served).not.toHaveProperty('weights');
  expect(Object.keys(served ?? {})).toEqual(Object.keys(plain ?? {}));
});

describe('a correction that is undone', () => {
  test('is the one before it, stays through the windows that follow, and changes again once it is let go', async () => {
    const { model, before, now } = await corrected();
    const told = await undo(model);
    expect(told.text).toContain(`v1 answers with correction ${before.slice(0, 16)} in place of ${now.slice(0, 16)}`);
    expect(await champion(model)).toMatchObject({ correction: before, isCorrectionHeld: true });

    await play(model, 4);
    expect(await champion(model)).toMatchObject({ correction: before, isCorrectionHeld: true });
    const [held, undone, fitted] = (await list(model)).items;
    expect(held).toMatchObject({ window: 4, verdict: 'held', judged: 'fitted', before, by: 'watch', rows: 600 });
    expect(held?.digest).not.toBe(before);
    expect(held?.gain?.lower).toBeGreaterThan(0);
    expect(undone).toMatchObject({ window: null, verdict: 'undone', digest: before, before: now, by: 'ana' });
    expect(fitted).toMatchObject({ window: 3, verdict: 'fitted', digest: now, before });

    const challenge = (by: string) =>
      database.pool.query(`update routing set entry = jsonb_set(entry, '{challenger}', ${by}) where model = $1`, [
        model,
      ]);
    await challenge(`jsonb_set(entry -> 'champion', '{version}', '2')`);
    await resume(model, 1);
    expect((await readRouting(database.db, model))?.challenger).toMatchObject({ version: 2, isCorrectionHeld: true });
    await challenge(`'null'`);
    expect((await champion(model))?.isCorrectionHeld).toBeUndefined();
    expect(await digestOf(model)).toBe(before);
    await play(model, 5);
    expect([before, now]).not.toContain(await digestOf(model));
    expect((await auditOf(model)).slice(-4)).toEqual([
      { type: 'perennial.correction.changed', actor: 'ana' },
      { type: 'perennial.correction.held', actor: 'ana' },
      { type: 'perennial.correction.resumed', actor: 'ana' },
      { type: 'perennial.correction.changed', actor: 'watch' },
    ]);
  });

  test('a window that was judged before it, and is told again, does not put the later one back', async () => {
    const { model, before } = await corrected();
    const window = await findWindow(database.db, model, 3);
    await undo(model);
    if (window !== null) await createWindowJudge(deps)(window, usualWrite);
    expect(await digestOf(model)).toBe(before);
  });

  test('the one that is named, by the beginning of its digest, or none', async () => {
    const { model, now } = await corrected();
    await undo(model, { to: 'identity' });
    expect(await digestOf(model)).toBe('identity');
    await undo(model, { to: now.slice(0, 12) });
    expect(await champion(model)).toMatchObject({ correction: now, isCorrectionHeld: true });
    await expect(undo(model, { to: 'abcdef0123' })).rejects.toMatchObject({ code: 'not_found', path: 'to' });
    await expect(undo(model)).rejects.toMatchObject({ code: 'conflict', path: 'to' });
    // Of another model the same digest is no correction.
    await expect(undo(await addModel(), { to: now })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a dry run says the same and changes nothing', async () => {
    const { model, before, now } = await corrected();
    const entry = await readRouting(database.db, model);
    const told = await undo(model, { isDryRun: true });
    expect(told.text).toContain(`v1 would answer with correction ${before.slice(0, 16)}`);
    expect(await readRouting(database.db, model)).toEqual(entry);
    expect((await list(model)).items[0]).toMatchObject({ verdict: 'fitted', digest: now });
  });

  test('is refused without anything to undo, on another state, of another version, without the right', async () => {
    const model = await addModel();
    await expect(undo(model)).rejects.toMatchObject({ code: 'conflict', path: 'model' });
    await expect(resume(model)).rejects.toMatchObject({ code: 'conflict' });
    await expect(undo(model, { to: 'identity', version: 2 })).rejects.toMatchObject({ path: 'version' });
    await expect(undo(model, { reason: ' ' })).rejects.toMatchObject({ path: 'reason' });
    const ifMatch = `"${await controlStateOf(database.db, model)}.x"`;
    await undo(model, { to: 'identity', ifMatch });
    await expect(undo(model, { to: 'identity', ifMatch })).rejects.toMatchObject({ code: 'precondition_failed' });
    const viewer: CommandContext = { ...ana, principal: { ...ana.principal, role: 'viewer' } };
    const asked = { model, key: null, reason: 'x', to: null, version: null, isDryRun: true };
    await expect(undoCorrection(viewer, asked)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(resumeCorrection(viewer, asked)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a version that becomes champion begins without a hold', async () => {
    const { model } = await corrected();
    await undo(model);
    const [row] = await database.db.select().from(version).limit(1);
    if (row === undefined) throw new Error('a model has a version');
    await database.db.insert(version).values({ ...row, model, version: 2, runId: `train/${model}/2` });
    await withTransaction(database, (tx) =>
      moveChampionTo(tx, { model, version: 2, actor: 'ana', why: 'better', commandId: null }),
    );
    expect(await champion(model)).toMatchObject({ version: 2, correction: 'identity' });
    expect((await champion(model))?.isCorrectionHeld).toBeUndefined();
  });
});

test('a freeze that comes between the fit and its writing holds the answers as they are', async () => {
  const { model, now } = await corrected();
  const freezeFirst: LeasedWrite = async (work) => {
    await freeze(ana, { model, key: 'freeze-in-between', reason: 'month-end closing' });
    return usualWrite(work);
  };
  await play(model, 4, 1.5, freezeFirst);
  expect(await digestOf(model)).toBe(now);
  expect((await list(model)).items[0]).toMatchObject({ window: 4, verdict: 'held', judged: 'fitted' });
  await thaw(ana, { model, key: null, reason: 'it is over' });
});

test('in shadow all is judged and kept, with what it would have gained, and no answer changes', async () => {
  const [model, twin] = [await addModel({ mode: 'shadow' }), await addModel()];
  for (let number = 1; number <= 5; number++) {
    // oxlint-disable-next-line no-await-in-loop -- windows come one after the other
    await play(model, number);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await play(twin, number);
  }
  expect(await champion(model)).toMatchObject({ correction: 'identity' });
  expect(await auditOf(model)).toEqual([]);
  const shadow = (await list(model)).items.toReversed();
  expect(shadow.map(({ verdict, judged }) => [verdict, judged])).toEqual([
    ['shadow', 'fitted'],
    ['shadow', 'fitted'],
    ['shadow', 'fitted'],
    ['shadow', 'fitted'],
    ['shadow', 'fitted'],
  ]);
  // Each goes on from the one before it, as if it had answered.
  expect(shadow.slice(1).map(({ before }) => before)).toEqual(shadow.slice(0, -1).map(({ digest }) => digest));
  const answering = (await list(twin)).items.toReversed();
  expect(shadow.map(({ digest }) => digest)).toEqual(answering.map(({ digest }) => digest));
  // The rows of the first window came before every fit.
  expect(shadow[0]?.wouldHaveGained).toBeNull();
  expect(shadow[4]?.wouldHaveGained?.rows).toBe(600);
  expect(shadow[4]?.wouldHaveGained?.lower).toBeGreaterThan(0);
  expect(shadow[4]?.text).toMatch(/^In shadow: Corrected anew: .* It would have gained /);
  // A person may take over what was only looked at.
  const to = String(shadow[4]?.digest);
  await undo(model, { to });
  expect(await digestOf(model)).toBe(to);
});

test('in shadow a correction whose day is over is taken off, as if it had answered', async () => {
  const model = await addModel({ mode: 'shadow' });
  for (let number = 1; number <= 8; number++)
    // oxlint-disable-next-line no-await-in-loop -- windows come one after the other
    await play(model, number, number <= 3 ? 1.5 : -1.5);
  const judged = (await list(model)).items.toReversed();
  expect(judged.slice(0, 3).map((row) => row.judged)).toEqual(['fitted', 'fitted', 'fitted']);
  const off = judged.find((row) => row.judged === 'identity');
  expect(off).toMatchObject({ verdict: 'shadow', digest: 'identity', text: expect.stringContaining('Taken off') });
  expect(await digestOf(model)).toBe('identity');
});

test('corrections are listed by version, a page at a time, newest first', async () => {
  const { model, now } = await corrected();
  await undo(model);
  const all = await list(model, { version: 1 });
  expect(all.items.map(({ window }) => window)).toEqual([null, 3, 2, 1]);
  expect(all.answering).toEqual([{ version: 1, as: 'champion', digest: expect.any(String), isHeld: true }]);
  expect((await list(model, { version: 2 })).items).toEqual([]);
  const first = await list(model, { limit: 2 });
  const rest = await list(model, { limit: 2, cursor: first.next ?? '' });
  expect([...first.items, ...rest.items]).toEqual(all.items);
  expect(rest.next).toBeNull();
  expect(all.items[1]?.digest).toBe(now);
  await expect(list(model, { cursor: 'bm8' })).rejects.toMatchObject({ code: 'invalid_request', path: 'cursor' });
});
