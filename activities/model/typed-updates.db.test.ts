import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { specDigest } from '../../src/db/models/specs.ts';
import { answerCommand, recordCommand } from '../../src/db/people/commands.ts';
import { command, model as modelTable } from '../../src/db/schema/index.ts';
import type { Command, CommandKind } from '../../src/domain/record/messages.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { ForgetfulBus, makeStanding, standing, stateOf } from '../../tests/worlds/delivered-world.ts';
import { specOf } from '../../tests/worlds/two-models.ts';

let place: TestDatabase;
let database: Database;
let bus: ForgetfulBus;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { onIdleError: () => undefined });
  bus = new ForgetfulBus(database);
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

type Update = Command['kind'];
/** Every Update there is, and whether somebody without a command may have it done; the compiler asks for a new one. */
const isForEverybody: Readonly<Record<Update, boolean>> = {
  apply: false,
  retrain: false,
  rollback: true,
  pause: true,
  resume: false,
  approve: false,
  abort: true,
};
const updates = Object.keys(isForEverybody) as Update[];

const rollout = { version: standing.challenger, attempt: 1 };

/** What an honest command of that kind has on its row. */
function honest(
  kind: Update,
  model: string,
): { body: Record<string, unknown>; target: Record<string, unknown> | null } {
  if (kind === 'apply') return { body: { digest: specDigest(specOf(model)) }, target: null };
  if (kind === 'retrain') return { body: { rollout: true }, target: null };
  if (kind === 'rollback') return { body: { toVersion: null }, target: null };
  return { body: {}, target: kind === 'approve' || kind === 'abort' ? rollout : null };
}

async function rowOf(given: {
  readonly kind: CommandKind;
  readonly model: string;
  readonly body: Record<string, unknown>;
  readonly target: Record<string, unknown> | null;
}): Promise<string> {
  const { kind, model, body, target } = given;
  const commandId = randomUUID();
  const reason = 'the reason on the row';
  await recordCommand(database.db, { commandId, model, kind, actor: 'boss', bodyHash: 'x', body: { ...body, reason } });
  if (target !== null) await database.db.update(command).set({ target }).where(eq(command.commandId, commandId));
  return commandId;
}

/** The Update as somebody types it who can reach Temporal: with any id, and with any name and reason. */
function typed(kind: Update, model: string, commandId: string | null, toVersion: number | null = null): Command {
  const message = { commandId, actor: 'mallory', reason: 'a lie' };
  if (kind === 'apply') return { kind, model, message: { ...message, specRevision: 1 } };
  if (kind === 'retrain') return { kind, model, message: { ...message, rollout: true } };
  if (kind === 'rollback') return { kind, model, message: { ...message, toVersion } };
  if (kind === 'approve' || kind === 'abort') return { kind, model, rollout: { model, ...rollout }, message };
  return { kind, model, message };
}

async function standingFor(kind: Update): Promise<string> {
  const model = await makeStanding(database);
  if (kind === 'resume')
    await database.db
      .update(modelTable)
      .set({ pausedBy: 'ana', pausedReason: 'why' })
      .where(eq(modelTable.name, model));
  return model;
}

/** Ids that give nobody any right; each makes its row, where it has one. */
const wrongIds: Readonly<Record<string, (kind: Update, model: string) => Promise<string | null>>> = {
  'no id': async () => null,
  'an invented id': async () => randomUUID(),
  'a text that is no id': async () => "x' or true --",
  'the id of another model': async (kind) => {
    const other = await makeStanding(database);
    return rowOf({ kind, model: other, ...honest(kind, other) });
  },
  'the id of another kind': async (kind, model) =>
    rowOf({ kind: kind === 'pause' ? 'freeze' : 'pause', model, ...honest(kind, model) }),
  'the id of a refused command': async (kind, model) => {
    const commandId = await rowOf({ kind, model, ...honest(kind, model) });
    await answerCommand(database.db, commandId, { status: 'refused', answer: {} });
    return commandId;
  },
};

describe.each(updates)('the Update "%s", typed into Temporal', (kind) => {
  test.each(Object.keys(wrongIds))(
    'with %s: nobody is named who did not say it, and nothing is allowed',
    async (id) => {
      const model = await standingFor(kind);
      const commandId = (await wrongIds[id]?.(kind, model)) ?? null;
      const before = await stateOf(database, model);
      await bus.perform(typed(kind, model, commandId));
      const after = await stateOf(database, model);
      if (isForEverybody[kind]) {
        expect(after).not.toEqual(before);
        expect(JSON.stringify(after)).toContain('unauthenticated, through Temporal (mallory)');
      } else expect(after).toEqual(before);
      expect(JSON.stringify(after)).not.toContain('boss');
      expect(JSON.stringify(after)).not.toContain('the reason on the row');
    },
  );

  test('with its own command: done in the name and for the reason of the row, whatever was typed', async () => {
    const model = await standingFor(kind);
    const commandId = await rowOf({ kind, model, ...honest(kind, model) });
    const before = await stateOf(database, model);
    await bus.perform(typed(kind, model, commandId));
    const after = await stateOf(database, model);
    expect(after).not.toEqual(before);
    const said = JSON.stringify(after);
    if (kind !== 'apply' && kind !== 'resume') expect(said).toContain('the reason on the row');
    expect(said).not.toContain('mallory');
    expect(said).not.toContain('a lie');
  });

  test('with a used id: nothing is done a second time', async () => {
    const model = await standingFor(kind);
    const commandId = await rowOf({ kind, model, ...honest(kind, model) });
    await bus.perform(typed(kind, model, commandId));
    const before = await stateOf(database, model);
    await bus.perform(typed(kind, model, commandId));
    expect(await stateOf(database, model)).toEqual(before);
  });
});

describe('a command of the right kind for another target', () => {
  test.each(['approve', 'abort'] as const)('"%s" of another rollout is none of this one', async (kind) => {
    const model = await standingFor(kind);
    const commandId = await rowOf({ kind, model, body: {}, target: { version: 9, attempt: 1 } });
    const before = await stateOf(database, model);
    await bus.perform(typed(kind, model, commandId));
    const after = JSON.stringify(await stateOf(database, model));
    expect(after).not.toContain('boss');
    if (kind === 'approve') expect(after).toBe(JSON.stringify(before));
  });

  test('a roll-back to another version than the row asks for is a stranger’s', async () => {
    const model = await standingFor('rollback');
    const commandId = await rowOf({ kind: 'rollback', model, ...honest('rollback', model) });
    await bus.perform(typed('rollback', model, commandId, standing.before));
    const after = JSON.stringify(await stateOf(database, model));
    expect(after).toContain('unauthenticated, through Temporal (mallory)');
    expect(after).not.toContain('boss');
  });
});

test('without a command nobody moves the champion forward, to a version that was never one', async () => {
  const model = await standingFor('rollback');
  await bus.perform(typed('rollback', model, null, standing.released));
  expect(await stateOf(database, model)).toMatchObject({
    routing: { champion: { version: standing.champion } },
    alerts: [{ title: 'A roll-back was not possible' }],
  });
});
