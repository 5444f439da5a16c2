import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEntityNames } from '../../access/entity-names.ts';
import { createToken } from '../../access/create-token.ts';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { rootDir } from '../../config.ts';
import { createDatabase, withTransaction, type Database } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { lockRouting, writeRouting } from '../../db/routing/routing.ts';
import { putBest } from '../../db/watching/best-reference.ts';
import type { BestReference } from '../../domain/watch/best/best-reference.ts';
import { lossReference } from '../../domain/watch/loss-reference.ts';
import { openAlert } from '../../db/watching/alerts.ts';
import { alert, command, erasure, run } from '../../db/schema/index.ts';
import { commandKinds, deliveredCommandKinds, type CommandKind } from '../../domain/record/messages.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import {
  ForgetfulBus,
  makeStanding,
  openRollout,
  personOn,
  standing,
  stateOf,
} from '../../../tests/worlds/delivered-world.ts';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { ingestText } from '../../../tests/worlds/quarantined-world.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { startAbTest } from '../ab-tests/start-ab-test.ts';
import { stopAbTest } from '../ab-tests/stop-ab-test.ts';
import { abort } from '../control/abort.ts';
import { approve } from '../control/approve.ts';
import { delegateApproval, revokeDelegation } from '../control/delegate-approval.ts';
import { freeze } from '../control/freeze.ts';
import { resetBest } from '../control/reset-best.ts';
import { releaseHold, setHold } from '../control/hold.ts';
import { kill } from '../control/kill.ts';
import { pause } from '../control/pause.ts';
import { promote } from '../control/promote.ts';
import { resetRun } from '../control/reset-run.ts';
import { resume } from '../control/resume.ts';
import { retrain } from '../control/retrain.ts';
import { rollback } from '../control/rollback.ts';
import { thaw } from '../control/thaw.ts';
import { erase as eraseEntity } from '../erasure/erase.ts';
import { liftErasure } from '../erasure/lift-erasure.ts';
import { apply } from '../models/apply.ts';
import { applyView } from '../views/apply-view.ts';
import { importModel } from '../models/import-model.ts';
import { dropQuarantine } from '../quarantine/drop-quarantine.ts';
import { fixQuarantine } from '../quarantine/fix-quarantine.ts';
import { replayQuarantine } from '../quarantine/replay-quarantine.ts';
import { branch, unbranch } from '../tags/branch-snapshot.ts';
import { publish, unpublish } from '../tags/publish-snapshot.ts';
import { allowLeakage, revokeLeakage } from '../models/allow-leakage.ts';
import { subscribe, unsubscribe } from '../tags/subscribe.ts';
import { removeTag, tagSnapshot } from '../tags/tag-snapshot.ts';
import { annotate } from '../record/annotate.ts';
import { reproduce } from '../trainings/reproduce.ts';
import { startExperiment } from '../experiments/start-experiment.ts';
import { resumeCorrection } from '../watching/resume-correction.ts';
import { undoCorrection } from '../watching/undo-correction.ts';
import { closeAlert } from '../watching/close-alert.ts';
import type { CommandContext } from './context.ts';

let place: TestDatabase;
let database: Database;
let folder: string;

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-repeated-'));
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly context: CommandContext;
  readonly model: string;
  readonly key: string;
}

/** A command, and what somebody else says after it: a repetition of the first must not undo the second. */
interface Scene {
  before?(told: Told): Promise<unknown>;
  give(told: Told): Promise<unknown>;
  after?(told: Told): Promise<unknown>;
}

const importedOf = (model: string) => `${model}-imported`;
const say = ({ model }: Pick<Told, 'model'>, key: string | null = null) => ({ model, key, reason: 'because' });
const version = (told: Told, number: number) => promote(told.context, { ...say(told), version: number, force: false });
const definition = ({ model }: Told, owner: string) => {
  const spec = specOf(model);
  return { spec: { ...spec, about: { ...spec.about, owner } } };
};

/** One for every command there is: the compiler asks for a new one. */
const scenes: Readonly<Record<CommandKind, Scene>> = {
  apply: {
    give: (told) => apply(told.context, { ...definition(told, 'ana'), key: told.key, reason: '' }),
    after: (told) => apply(told.context, { ...definition(told, 'bob'), key: null, reason: '' }),
  },
  'apply-view': {
    give: (told) =>
      applyView(told.context, { spec: viewOf(`${told.model}-view`, { owner: 'ana' }), key: told.key, reason: '' }),
    after: (told) =>
      applyView(told.context, { spec: viewOf(`${told.model}-view`, { owner: 'bob' }), key: null, reason: '' }),
  },
  retrain: { give: (told) => retrain(told.context, { ...say(told, told.key), rollout: true }) },
  rollback: {
    // Twice back would be forward again: to the version that was just rolled back.
    give: (told) => rollback(told.context, { ...say(told, told.key), toVersion: null }),
  },
  promote: {
    give: (told) => promote(told.context, { ...say(told, told.key), version: standing.released, force: false }),
    after: (told) => version(told, standing.before),
  },
  pause: {
    give: (told) => pause(told.context, say(told, told.key)),
    after: (told) => resume(told.context, say(told)),
  },
  resume: {
    before: (told) => pause(told.context, say(told)),
    give: (told) => resume(told.context, say(told, told.key)),
    after: (told) => pause(told.context, say(told)),
  },
  approve: {
    give: (told) => approve(told.context, say(told, told.key)),
    // Another challenger, of which nobody has said anything.
    after: (told) => openRollout(database, told.model, standing.released, standing.challenger),
  },
  abort: {
    give: (told) => abort(told.context, say(told, told.key)),
    after: (told) => openRollout(database, told.model, standing.released, standing.champion),
  },
  freeze: {
    give: (told) => freeze(told.context, say(told, told.key)),
    after: (told) => thaw(told.context, say(told)),
  },
  thaw: {
    before: (told) => freeze(told.context, say(told)),
    give: (told) => thaw(told.context, say(told, told.key)),
    after: (told) => freeze(told.context, say(told)),
  },
  'set-hold': {
    give: (told) => setHold(told.context, say(told, told.key)),
    after: (told) => releaseHold(told.context, say(told)),
  },
  'release-hold': {
    before: (told) => setHold(told.context, say(told)),
    give: (told) => releaseHold(told.context, say(told, told.key)),
    after: (told) => setHold(told.context, say(told)),
  },
  'reset-best': {
    before: ({ model }) => putBest(database.db, model, bestOf(1), 1),
    give: (told) => resetBest(told.context, say(told, told.key)),
    after: ({ model }) => putBest(database.db, model, bestOf(2), 2),
  },
  'undo-correction': {
    before: corrected,
    give: (told) => undoCorrection(told.context, { ...say(told, told.key), ...theOneBefore }),
    // Let go since, and corrected anew: a repetition must not put it back once more.
    after: async (told) => {
      await resumeCorrection(told.context, { ...say(told), version: null });
      await corrected(told);
    },
  },
  'resume-correction': {
    before: async (told) => {
      await corrected(told);
      await undoCorrection(told.context, { ...say(told), ...theOneBefore });
    },
    give: (told) => resumeCorrection(told.context, { ...say(told, told.key), version: null }),
    after: (told) => undoCorrection(told.context, { ...say(told), ...theOneBefore, to: 'identity' }),
  },
  'start-ab-test': {
    give: (told) => begin(told, told.key),
    after: (told) => stopAbTest(told.context, say(told)),
  },
  'stop-ab-test': {
    before: (told) => begin(told),
    give: (told) => stopAbTest(told.context, say(told, told.key)),
    after: (told) => begin(told),
  },
  'delegate-approval': {
    before: letAnaApprove,
    give: (told) => delegateApproval(told.context, { ...say(told, told.key), to: 'eve', days: 1 }),
    after: (told) => revokeDelegation(told.context, { ...say(told), to: 'eve', from: null }),
  },
  'revoke-delegation': {
    before: async (told) => {
      await letAnaApprove(told);
      await delegateApproval(told.context, { ...say(told), to: 'eve', days: 1 });
    },
    give: (told) => revokeDelegation(told.context, { ...say(told, told.key), to: 'eve', from: null }),
    after: (told) => delegateApproval(told.context, { ...say(told), to: 'eve', days: 2 }),
  },
  kill: {
    give: (told) => kill(told.context, say(told, told.key)),
    after: async (told) => {
      await thaw(told.context, say(told));
      await version(told, standing.released);
    },
  },
  import: {
    give: importOnce,
    after: ({ context, model }) => freeze(context, say({ model: importedOf(model) })),
  },
  annotate: {
    give: (told) => annotate(told.context, { model: told.model, version: null, kind: 'note', text: 'seen' }),
  },
  'close-alert': {
    before: ({ model }) =>
      openAlert(database.db, {
        model,
        kind: 'held',
        subject: { of: 'version', version: 1 },
        severity: 'warning',
        title: 'it waits',
        body: '',
        webhooks: [],
      }),
    give: async ({ context, model }) => {
      const [row] = await database.db.select().from(alert).where(eq(alert.model, model));
      return closeAlert(context, { alertId: row?.alertId ?? 0, reason: 'seen' });
    },
  },
  'fix-quarantine': {
    give: async (told) =>
      fixQuarantine(told.context, {
        ...(await quarantined(told)),
        pick: { ruleId: null, line: 3 },
        set: { amount: '1' },
      }),
  },
  'drop-quarantine': {
    give: async (told) =>
      dropQuarantine(told.context, { ...(await quarantined(told)), pick: { ruleId: null, line: 3 } }, datasets()),
  },
  'replay-quarantine': {
    give: async (told) => replayQuarantine(told.context, await quarantined(told), datasets()),
    before: async (told) => {
      const pick = { ruleId: null, line: 3 };
      await fixQuarantine(told.context, { ...(await quarantined(told)), key: null, pick, set: { amount: '1' } });
    },
  },
  erase: { before: nameEntities, give: (told) => eraseFrom(told, told.key) },
  'lift-erasure': {
    give: async (told) =>
      liftErasure(told.context, { erasureId: await erasureOf(told), key: told.key, reason: 'because' }),
    before: async (told) => {
      await nameEntities(told);
      await eraseFrom(told);
    },
  },
  'tag-snapshot': {
    give: async (told) => tagSnapshot(told.context, { ...say(told, told.key), ...(await named(told)) }),
    // Back to where it was: a repetition must not name it again.
    after: (told) => removeTag(told.context, { ...say(told), tag: 'clean' }),
  },
  'publish-snapshot': {
    before: async (told) => tagSnapshot(told.context, { ...say(told), ...(await named(told)) }),
    give: (told) => publish(told.context, { ...say(told, told.key), ...toEverybody }),
    after: (told) => unpublish(told.context, { ...say(told), tag: 'clean' }),
  },
  'unpublish-snapshot': {
    before: async (told) => {
      await tagSnapshot(told.context, { ...say(told), ...(await named(told)) });
      await publish(told.context, { ...say(told), ...toEverybody });
    },
    give: (told) => unpublish(told.context, { ...say(told, told.key), tag: 'clean' }),
    after: (told) => publish(told.context, { ...say(told), ...toEverybody }),
  },
  subscribe: {
    before: offered,
    give: (told) => subscribe(told.context, { ...say(told, told.key), publisher: offererOf(told), tag: 'clean' }),
    after: (told) => unsubscribe(told.context, { ...say(told), publisher: offererOf(told), tag: 'clean' }),
  },
  unsubscribe: {
    before: async (told) => {
      await offered(told);
      await subscribe(told.context, { ...say(told), publisher: offererOf(told), tag: 'clean' });
    },
    give: (told) => unsubscribe(told.context, { ...say(told, told.key), publisher: offererOf(told), tag: 'clean' }),
    after: (told) => subscribe(told.context, { ...say(told), publisher: offererOf(told), tag: 'clean' }),
  },
  'branch-snapshot': {
    give: async (told) => branch(told.context, { ...say(told, told.key), ...(await beginning(told)) }),
    // Ended since: a repetition must not begin it again.
    after: (told) => unbranch(told.context, say(told)),
  },
  'unbranch-snapshot': {
    before: async (told) => branch(told.context, { ...say(told), ...(await beginning(told)) }),
    give: (told) => unbranch(told.context, say(told, told.key)),
    after: async (told) => branch(told.context, { ...say(told), ...(await beginning(told)) }),
  },
  'allow-leakage': {
    give: (told) => allowLeakage(told.context, { ...say(told, told.key), suspicion: '_order:row-order' }),
    // Taken back since: a repetition must not allow it again.
    after: (told) => revokeLeakage(told.context, { ...say(told), suspicion: '_order:row-order' }),
  },
  'revoke-leakage': {
    before: (told) => allowLeakage(told.context, { ...say(told), suspicion: '_order:row-order' }),
    give: (told) => revokeLeakage(told.context, { ...say(told, told.key), suspicion: '_order:row-order' }),
    after: (told) => allowLeakage(told.context, { ...say(told), suspicion: '_order:row-order' }),
  },
  reproduce: {
    give: (told) => reproduce(told.context, { ...say(told, told.key), version: 1 }),
    // It has ended since: a repetition must not begin another one.
    after: ({ model }) => endRun(`reproduce/${model}/1/1`),
  },
  experiment: {
    before: quarantined,
    give: (told) =>
      startExperiment(told.context, {
        ...say(told, told.key),
        candidates: ['a', 'b'].map((name) => ({ name, spec: definition(told, name).spec })),
        snapshot: null,
        metric: null,
      }),
    // It has ended since: a repetition must not begin another one.
    after: ({ model }) => endRun(`experiment/${model}/1`),
  },
  reset: {
    before: async ({ model }) =>
      database.db.insert(run).values({ runId: `train/${model}/9`, model, kind: 'train', status: 'failed', input: {} }),
    give: ({ context, model, key }) =>
      resetRun(context, { runId: `train/${model}/9`, beforeEventId: 4, key, reason: 'once more' }),
    // It failed again, and nobody has asked for a third time.
    after: ({ model }) =>
      database.db
        .update(run)
        .set({ status: 'failed' })
        .where(eq(run.runId, `train/${model}/9`)),
  },
};

function begin({ context, model }: Told, key: string | null = null): Promise<unknown> {
  const asked = { versions: [standing.released], metric: 'positiveRate', better: 'lower' } as const;
  return startAbTest(context, { ...say({ model }, key), ...asked, versions: [...asked.versions] });
}

function endRun(runId: string): Promise<unknown> {
  return database.db.update(run).set({ status: 'completed' }).where(eq(run.runId, runId)).execute();
}

const theOneBefore = { to: null, version: null, isDryRun: false };

/** The watch has fitted a correction of the champion, and it answers. */
function corrected({ model }: Told): Promise<unknown> {
  return withTransaction(database, async (tx) => {
    const entry = await lockRouting(tx, model);
    if (entry.champion === null) throw new Error('no champion');
    const correction = randomUUID().replaceAll('-', '').repeat(2);
    await writeRouting(tx, { ...entry, champion: { ...entry.champion, correction } }, 'keep');
  });
}

const entities = createEntityNames({ derive: () => Buffer.alloc(32, 7) });

function eraseFrom({ context, model }: Told, key: string | null = null): Promise<unknown> {
  const ask = { scope: 'model', name: model, entity: 'c-4711', isDryRun: false, reason: 'because', key } as const;
  return eraseEntity(context, ask, { entities });
}

/** Without it nothing tells whose rows are whose. */
function nameEntities({ model }: Told): Promise<unknown> {
  return database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{entity}', '{"column": "who"}') where model = $1`,
    [model],
  );
}

async function erasureOf({ model }: Told): Promise<string> {
  const [row] = await database.db.select().from(erasure).where(eq(erasure.name, model));
  return row?.erasureId ?? '';
}

/** Her definition names her, and eve is somebody who may operate it. */
async function letAnaApprove({ model }: Told): Promise<void> {
  await createToken(database.db, { name: 'eve', role: 'operator', scope: model, expiresAt: null });
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,approval}', $2::jsonb) where model = $1`,
    [model, JSON.stringify({ people: 1, fourEyes: false, atDeadline: 'stay', by: ['ana'] })],
  );
}

const bestOf = (version: number): BestReference => {
  const reference = lossReference([0.2, 0.3, 0.4], { liveRows: 0, probabilityMin: 0.001, isFixed: true });
  return { version, window: version, reference, of: 1, question: 'the same' };
};

const datasets = () => ({
  store: createArtifactStore(path.join(folder, 'artifacts')),
  importDir: path.join(folder, 'incoming'),
});

/** The same rows again are the same snapshot. */
async function quarantined({ model, key }: Told) {
  const text = 'amount,outcome\n1,fraud\n-2,genuine\n3,genuine\n';
  const { digest } = await ingestText(database, { store: datasets().store, folder }, { model, text });
  return { digest, key, reason: 'because' };
}

const toEverybody = { tag: 'clean', readers: ['*'], subscribers: ['*'] };
const offererOf = ({ model }: Pick<Told, 'model'>) => `${model}-offers`;

/** A tag, and a snapshot for it. */
async function named(told: Told) {
  const { digest } = await quarantined(told);
  return { tag: 'clean', digest };
}

/** A snapshot of the model itself to begin with. */
async function beginning(told: Told) {
  return { origin: told.model, from: (await quarantined(told)).digest };
}

/** Another model, which has published something. */
async function offered(told: Told): Promise<void> {
  const other = { ...told, model: offererOf(told) };
  await withTransaction(database, (tx) => storeSpec(tx, specOf(other.model), 'seed'));
  await tagSnapshot(told.context, { ...say(other), ...(await named(other)) });
  await publish(told.context, { ...say(other), ...toEverybody });
}

async function importOnce({ context, model, key }: Told): Promise<unknown> {
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  const artifact = await store.putFile(path.join(rootDir, 'tests', 'fixtures', 'onnx', 'sklearn-columns.onnx'));
  const parts = () => ({ store, workDir: path.join(folder, 'work') });
  return importModel(context, parts, { model: importedOf(model), key, artifact, reason: 'bought' });
}

const standOf = (kind: CommandKind, { model }: Told) =>
  stateOf(database, kind === 'import' ? importedOf(model) : model);

/** As if the process had died between the deed and its answer: the row is as it was when the deed was done. */
async function forgetAnswer(key: string): Promise<void> {
  await database.db.update(command).set({ status: 'accepted', answer: null }).where(eq(command.commandId, key));
}

async function play(kind: CommandKind, bus: ForgetfulBus): Promise<Told & { readonly scene: Scene }> {
  const scene = scenes[kind];
  const told = { context: personOn(database, bus), model: await makeStanding(database), key: randomUUID() };
  await scene.before?.(told);
  await scene.give(told);
  return { ...told, scene };
}

describe('a command that is given again has one effect', () => {
  test.each(commandKinds)('%s, when its first answer was lost', async (kind) => {
    const { scene, ...told } = await play(kind, new ForgetfulBus(database));
    await scene.after?.(told);
    const stood = await standOf(kind, told);
    await forgetAnswer(told.key);
    await scene.give(told);
    expect(await standOf(kind, told)).toEqual(stood);
    const [row] = await database.db.select().from(command).where(eq(command.commandId, told.key));
    if (row !== undefined) expect(row).toMatchObject({ status: 'done', performedAt: expect.any(Date), failure: null });
  });

  test.each(deliveredCommandKinds)(
    '%s, when it comes to a run of the workflow that knows nothing of it',
    async (kind) => {
      const bus = new ForgetfulBus(database);
      const { scene, ...told } = await play(kind, bus);
      const given = bus.delivered.filter(({ message }) => message.commandId === told.key);
      expect(given).toHaveLength(1);
      await scene.after?.(told);
      const stood = await standOf(kind, told);
      for (const word of given) await bus.perform(word);
      expect(await standOf(kind, told)).toEqual(stood);
    },
  );
});

test('a champion that was rolled back does not come back, however late the command comes again', async () => {
  const bus = new ForgetfulBus(database);
  const { model } = await play('rollback', bus);
  const [word] = bus.delivered;
  const champions: unknown[] = [];
  for (let time = 0; time < 3; time++) {
    if (word !== undefined) await bus.perform(word);
    const { rows } = await database.pool.query(
      `select (entry->'champion'->>'version')::int as champion from routing where model = $1`,
      [model],
    );
    champions.push(rows[0]?.champion);
  }
  expect(champions).toEqual([standing.before, standing.before, standing.before]);
});
