import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { annotate, annotations } from '../../../src/commands/record/annotate.ts';
import { closeAlert } from '../../../src/commands/watching/close-alert.ts';
import type { CommandContext } from '../../../src/commands/base/context.ts';
import { freeze } from '../../../src/commands/control/freeze.ts';
import { kill } from '../../../src/commands/control/kill.ts';
import { removeAnnotation } from '../../../src/commands/record/remove-annotation.ts';
import { resetRun } from '../../../src/commands/control/reset-run.ts';
import { runSteps } from '../../../src/commands/control/run-steps.ts';
import { thaw } from '../../../src/commands/control/thaw.ts';
import { openAlert } from '../../../src/db/watching/alerts.ts';
import { alert, audit, command, decision, run } from '../../../src/db/schema/index.ts';
import { markJudged } from '../../../src/db/watching/windows.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { busOver } from '../../../src/temporal/bus.ts';
import { weekdays } from '../../../src/domain/spec/closed-sets.ts';
import { startLoopWorld, tinyRollout, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';
import { lastApprovedVersion } from '../../../src/db/routing/approved-version.ts';

/** The whole product: real Postgres, Temporal, inference, control and worker. Each test has a model of its own. */
let world: LoopWorld;
/** Talks to a Temporal that is not there. */
let away: Connection;
let person: CommandContext;

beforeAll(async () => {
  world = await startLoopWorld();
  away = Connection.lazy({ address: '127.0.0.1:1' });
  person = {
    database: world.stack.database,
    bus: busOver(world.client, undefined),
    principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' },
  };
});

afterAll(async () => {
  await away.close();
  await world.close();
});

const db = () => world.stack.database.db;
const withoutTemporal = (): CommandContext => ({
  ...person,
  bus: busOver(new Client({ connection: away }), undefined),
});
const champion = async (model: string) => (await world.settled(model)).championVersion;
const auditOf = async (model: string, type: string) =>
  db()
    .select()
    .from(audit)
    .where(and(eq(audit.model, model), eq(audit.type, type)));
const say = (model: string, reason: string) => ({ model, key: null, reason });

describe('freeze and thaw', () => {
  test('a rollout holds where it is and nothing trains; people still may; thawed, what was held goes on', async () => {
    await world.champion('frozen', {
      retrain: {
        growthFactor: null,
        newLabelledRows: 120,
        onDecay: false,
        cooldown: { rows: 1 },
        budget: { runs: 20, per: { rows: 1_000 } },
        labelledRowsMin: 1,
      },
    });
    await world.challenge('frozen');
    await freeze(person, say('frozen', 'month-end closing'));
    expect(await world.status('frozen')).toMatchObject({
      frozen: { by: 'ana', reason: 'month-end closing', kind: 'freeze' },
    });
    await world.play('frozen', 3);
    // Shadow lasted one window; three were played and looked at.
    expect(await world.status('frozen')).toMatchObject({
      stage: 'shadow',
      champion: { version: 1 },
      rollout: { step: 0, status: 'active' },
    });
    await world.command('frozen', 'abort', { reason: 'not now' });
    await until('the challenger is out', async () => (await world.settled('frozen')).rollout === null);

    const held = await until('a training is held back', async () => {
      await world.play('frozen', 1);
      return (
        await db()
          .select()
          .from(decision)
          .where(and(eq(decision.model, 'frozen'), eq(decision.blockedBy, 'frozen')))
      ).at(-1);
    });
    expect(held).toMatchObject({ retrain: false, trigger: 'new-labels' });
    expect(held.reason).toContain('did not retrain because the model is frozen by ana: month-end closing');

    await thaw(person, say('frozen', 'closing is done'));
    const [again] = await until('it is decided again', async () => {
      const rows = await db()
        .select()
        .from(decision)
        .where(and(eq(decision.model, 'frozen'), eq(decision.key, `${held.key}/thawed`)));
      return rows.length > 0 ? rows : undefined;
    });
    expect(again).toMatchObject({ retrain: true, trigger: 'new-labels' });
    expect((await auditOf('frozen', 'perennial.model.thawed')).map((row) => row.actor)).toEqual(['ana']);
    await expect(thaw(person, say('frozen', 'once more'))).rejects.toThrow('there is nothing to thaw');
    await until('a challenger is in shadow', async () => (await world.settled('frozen')).rollout?.stepBegun);
    expect(await world.playOut('frozen')).toMatchObject({ rollout: null });
  });

  test('a freeze needs a reason, a known model, and for all models a token for all models', async () => {
    await expect(freeze(person, say('frozen', ' '))).rejects.toMatchObject({ code: 'invalid_request', path: 'reason' });
    await expect(freeze(person, say('nobody', 'x'))).rejects.toMatchObject({ code: 'model_not_found' });
    const team: CommandContext = { ...person, principal: { ...person.principal, scope: 'froz*' } };
    await expect(freeze(team, say('*', 'x'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(freeze(team, say('other', 'x'))).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('in a freeze window a rollout does not begin and says until when; a person may all the same', async () => {
  const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const everyDay = { days: weekdays, from: hoursFromNow(-1), to: hoursFromNow(2), timeZone: 'UTC' };
  await world.champion('windowed');
  await world.apply(await world.define('windowed', { rollout: { ...tinyRollout, freezeWindows: [everyDay] } }));
  // A new definition is trained by itself.
  await until('it waits for the end', async () => (await auditOf('windowed', 'perennial.rollout.frozen')).length > 0);
  await world.play('windowed', 2);
  const { rollout, stage } = await world.status('windowed');
  expect(stage).toBe('steady');
  expect(rollout).toMatchObject({
    step: null,
    waitsFor: expect.stringMatching(/^the end of a freeze window, until .* UTC; then its first step$/),
  });
  await world.command('windowed', 'approve', { reason: 'it cannot wait' });
  await until('it is champion', async () => (await world.settled('windowed')).championVersion === rollout?.version);
  expect(await auditOf('windowed', 'perennial.rollout.frozen')).toHaveLength(1);
});

test('a step that needs an approval begins with it, is no promotion, and goes on from there', async () => {
  const canary = [{ percent: 50, extent: { rows: 60 }, approval: true }];
  await world.champion('stepped', { rollout: { ...tinyRollout, canary } });
  await world.challenge('stepped');
  await world.play('stepped', 1);
  await until('it is held', async () => (await world.status('stepped')).rollout?.status === 'held');
  const held = await world.status('stepped');
  expect(held.rollout?.waitsFor).toBe('a person to approve or abort (canary 50 % begins when it is approved)');
  expect(held.openAlerts.map(({ kind }) => kind)).toContain('held');
  await world.command('stepped', 'approve', { reason: 'shadow looks well' });
  await until('the step has begun', async () => (await world.settled('stepped')).rollout?.stepBegun);
  const going = await world.status('stepped');
  expect(going).toMatchObject({ champion: { version: 1 }, rollout: { status: 'active', step: 1 } });
  expect(going.openAlerts.map(({ kind }) => kind)).not.toContain('held');
  const commands = await db()
    .select()
    .from(command)
    .where(and(eq(command.model, 'stepped'), eq(command.kind, 'approve')));
  expect(commands).toMatchObject([{ performedAt: expect.any(Date), failure: null, target: { step: 1 } }]);
  expect(await world.playOut('stepped')).toMatchObject({ championVersion: 2, rollout: null });
});

describe('the kill switch and promotion by force', () => {
  test('back to what a person approved, the challenger out, frozen: also while Temporal is away', async () => {
    await world.champion('killed');
    await world.challenge('killed');
    expect(await world.playOut('killed')).toMatchObject({ championVersion: 2 });
    await world.challenge('killed');
    const answer = await kill(withoutTemporal(), say('killed', 'declines everybody'));
    expect(answer.models).toEqual([
      {
        model: 'killed',
        from: 2,
        to: 1,
        why: expect.stringContaining('the first champion, of the definition that first-admin applied'),
        challengerOut: 3,
      },
    ]);
    expect(await world.status('killed')).toMatchObject({
      champion: { version: 1, actor: 'ana' },
      challenger: null,
      rollout: null,
      frozen: { kind: 'kill', reason: 'declines everybody' },
    });
    const [row] = await auditOf('killed', 'perennial.model.killed');
    expect(row).toMatchObject({ actor: 'ana', reason: 'declines everybody' });
    await until(
      'the rollout has noticed',
      async () =>
        (await world.client.workflow.getHandle(workflowIds.rollout('killed', 3, 1)).describe()).status.name !==
        'RUNNING',
    );

    await world.command('killed', 'promote', { version: 3, reason: 'the feed was at fault' });
    await until('v3 is champion', async () => (await champion('killed')) === 3);
    const again = await kill(withoutTemporal(), say('killed', 'once more'));
    expect(again.models[0]).toMatchObject({
      from: 3,
      to: 3,
      why: expect.stringContaining('v3 stays: promoted by first-admin'),
    });
  });

  test('it rests on the commands behind the moves: whatever their reasons say, it goes back to the same', async () => {
    await world.champion('reworded');
    await world.challenge('reworded');
    await until('a challenger is in shadow', async () => (await world.settled('reworded')).rollout?.stepBegun);
    await world.command('reworded', 'approve', { reason: 'it is fine' });
    await until('v2 is champion', async () => (await champion('reworded')) === 2);
    await world.challenge('reworded');
    expect(await world.playOut('reworded')).toMatchObject({ championVersion: 3 });
    const said = await lastApprovedVersion(db(), 'reworded');
    expect(said).toMatchObject({ version: 2, why: expect.stringContaining('approved by first-admin') });
    const { pool } = world.stack.database;
    await pool.query("update alias_move set why = 'worded anew' where model = 'reworded'");
    await pool.query("update rollout set reason = 'worded anew' where model = 'reworded'");
    await pool.query(`update command set body = body || '{"reason": "said in other words"}' where model = 'reworded'`);
    expect(await lastApprovedVersion(db(), 'reworded')).toEqual(said);
    const answer = await kill(withoutTemporal(), say('reworded', 'declines everybody'));
    expect(answer.models[0]).toMatchObject({ from: 3, to: 2, why: said?.why });
    // The way back is the kill's, not an approval: what a person approved is what it was.
    expect(await lastApprovedVersion(db(), 'reworded')).toEqual(said);
  });

  test('an unreleased version becomes champion only by force', async () => {
    await world.champion('forced');
    await world.retrain('forced', { reason: 'a look', rollout: false });
    await until('the experiment is stored', async () =>
      (await world.history('forced')).versions.find((row) => row.version === 2),
    );
    await expect(world.command('forced', 'promote', { version: 2, reason: 'try it' })).rejects.toThrow(
      /409 .*never released/,
    );
    await expect(world.command('forced', 'promote', { version: 9, force: true, reason: 'try it' })).rejects.toThrow(
      /404 /,
    );
    await world.command('forced', 'promote', { version: 2, force: true, reason: 'the gate lacks labels' });
    await until('v2 is champion', async () => (await champion('forced')) === 2);
    expect((await world.status('forced')).champion).toMatchObject({
      actor: 'first-admin',
      why: 'the gate lacks labels',
    });
  });
});

describe('words of people', () => {
  test('tags, notes, owner and description; taken back, not deleted', async () => {
    await world.champion('noted');
    const note = await annotate(person, {
      model: 'noted',
      version: 1,
      kind: 'note',
      text: 'trained on the corrected export',
    });
    expect(await annotate(person, { model: 'noted', version: 1, kind: 'note', text: note.text })).toEqual(note);
    await annotate(person, { model: 'noted', version: null, kind: 'owner', text: 'risk desk' });
    await annotate(person, { model: 'noted', version: null, kind: 'tag', text: 'tier-1' });
    expect(await world.status('noted')).toMatchObject({ owner: 'risk desk', tags: ['tier-1'] });
    expect(await annotations(person, { model: 'noted' })).toHaveLength(3);
    await removeAnnotation(person, { annotationId: note.annotationId });
    expect(await annotations(person, { model: 'noted', version: 1 })).toEqual([]);
    expect(await auditOf('noted', 'perennial.annotation.removed')).toHaveLength(1);
    await expect(annotate(person, { model: 'noted', version: 7, kind: 'tag', text: 'x' })).rejects.toMatchObject({
      code: 'version_not_found',
    });
    const stranger: CommandContext = { ...person, principal: { ...person.principal, scope: 'other.*' } };
    await expect(removeAnnotation(stranger, { annotationId: note.annotationId })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('an alert closed by hand stays closed while its condition lasts, and rings when it comes back', async () => {
    const ring = {
      model: 'noted',
      kind: 'drift',
      subject: { of: 'version', version: 1 },
      severity: 'warning',
      title: 'amount drifted',
      body: 'moved',
      webhooks: [],
    } as const;
    await openAlert(db(), ring);
    const [open] = await db()
      .select()
      .from(alert)
      .where(and(eq(alert.model, 'noted'), eq(alert.kind, 'drift')));
    const alertId = open?.alertId ?? 0;
    await closeAlert(person, { alertId, reason: 'known' });
    expect(await openAlert(db(), ring)).toBe(false);
    await expect(closeAlert(person, { alertId, reason: 'again' })).rejects.toMatchObject({ code: 'conflict' });
    await world.play('noted', 1);
    expect(await openAlert(db(), ring)).toBe(false);
    // Windows this small are never judged for drift; this one is taken to have been stable.
    await markJudged(db(), 'noted', 1, 'stable', 1);
    expect(await openAlert(db(), ring)).toBe(true);
  });
});

describe('a run again', () => {
  test('a failed training is reset to before a step; what is done cannot be; the same id resets once', async () => {
    const spec = await world.define('again');
    const { readFile, writeFile } = await import('node:fs/promises');
    const file = world.historyFile('again');
    const good = await readFile(file, 'utf8');
    await writeFile(file, 'height,width,colour\n1,2,red\n3,4,blue\n');
    await world.apply(spec);
    const runId = workflowIds.train('again', 1);
    const statusOfRun = async () => (await db().select().from(run).where(eq(run.runId, runId)))[0]?.status;
    await until('the run has failed', async () => (await statusOfRun()) === 'failed');
    await writeFile(file, good);
    const { steps } = await runSteps(person, { runId });
    expect(steps[0]?.name).toContain('digest of the source');
    await expect(resetRun(person, { runId, beforeEventId: 99_999, key: null, reason: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    const input = {
      runId,
      beforeEventId: steps[0]?.eventId ?? 0,
      key: 'reset-1',
      reason: 'the export was broken and is repaired',
    };
    const first = await resetRun(person, input);
    expect(await resetRun(person, input)).toEqual(first);
    await until('the run is completed', async () => (await statusOfRun()) === 'completed');
    await until('its version is champion', async () => (await champion('again')) === 1);
    expect(await auditOf('again', 'perennial.run.reset')).toHaveLength(1);
    await expect(resetRun(person, { ...input, key: 'reset-2' })).rejects.toThrow(
      'its version stands and is never made twice',
    );
    await expect(resetRun(person, { ...input, runId: workflowIds.rollout('again', 1, 1), key: null })).rejects.toThrow(
      'the rollout has ended',
    );
  });
});
