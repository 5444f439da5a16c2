import { and, desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { correctionList } from '../../../src/contracts/http/corrections.ts';
import { prediction } from '../../../src/db/schema/index.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { startLoopWorld, windowRows, type LoopWorld } from '../../worlds/loop-world.ts';

/** The whole product: real Postgres, Temporal, inference, control and worker. */
let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

const correction = { halfLifeRows: 200, rowsMax: 300, labelledRowsMin: 50 };
const watch = { window: { rows: windowRows }, falseAlarmRate: 1e-6 };
const windowsMax = 20;

async function corrections(model: string) {
  const control = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
  return correctionList.parse(await requestJson(control, 'GET', `/v1/models/${model}/corrections`));
}
const answering = async (model: string) => (await corrections(model)).answering.find(({ as }) => as === 'champion');

/** Plays windows in which everything comes true until another correction answers, and gives its digest. */
async function untilCorrected(model: string, than: string): Promise<string> {
  for (let window = 0; window < windowsMax; window++) {
    // oxlint-disable-next-line no-await-in-loop -- windows come one after the other
    await world.play(model, 1, { isAlwaysYes: true });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const now = (await answering(model))?.digest;
    if (now !== undefined && now !== than) return now;
  }
  throw new Error(`no other correction in ${windowsMax} windows`);
}

/** With which correction the last rows were answered. */
async function loggedCorrections(model: string): Promise<readonly string[]> {
  const rows = await world.stack.database.db
    .select({ correction: prediction.correction, seq: prediction.seq })
    .from(prediction)
    .where(and(eq(prediction.model, model), sql`${prediction.version} = 1`))
    .orderBy(desc(prediction.seq))
    .limit(windowRows);
  return [...new Set(rows.map(({ correction }) => correction))];
}

test('what a person undid answers the next windows, whatever the watch finds, until they let go', async () => {
  const model = 'undone';
  await world.champion(model, { watch: { ...watch, correction } });
  const first = await untilCorrected(model, 'identity');
  const second = await untilCorrected(model, first);

  const told = await world.command(model, 'correction/undo', { reason: 'these labels are wrong' });
  expect(told.text).toContain(`v1 answers with correction ${first.slice(0, 16)} in place of ${second.slice(0, 16)}`);
  expect(told.text).toMatch(/; v1 answers$/);
  await world.play(model, 2, { isAlwaysYes: true });
  expect(await loggedCorrections(model)).toEqual([first]);
  expect(await answering(model)).toMatchObject({ digest: first, isHeld: true });
  const held = (await corrections(model)).corrections.slice(0, 3);
  expect(held.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'undone']);

  await world.command(model, 'correction/resume', { reason: 'they are right after all' });
  expect(await untilCorrected(model, first)).not.toBe(second);
  expect(await answering(model)).toMatchObject({ isHeld: false });
});

test('in shadow no row is answered otherwise, and what that would have gained is said', async () => {
  const model = 'looked-at';
  await world.champion(model, { watch: { ...watch, correction: { ...correction, mode: 'shadow' } } });
  const gained = async () => (await corrections(model)).corrections.find(({ wouldHaveGained: one }) => one !== null);
  for (let window = 0; window < windowsMax && (await gained()) === undefined; window++)
    await world.play(model, 1, { isAlwaysYes: true });
  const shadow = await gained();
  expect(shadow).toMatchObject({ verdict: 'shadow', judged: 'fitted', by: 'watch' });
  expect(shadow?.wouldHaveGained?.estimate).toBeGreaterThan(0);
  expect(await loggedCorrections(model)).toEqual(['identity']);
  expect(await answering(model)).toEqual({ version: 1, as: 'champion', digest: 'identity', isHeld: false });
});
