import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HistoryView, SettledView } from '../../src/contracts/http/views.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { tinyRollout, tinySpec, windowRows } from '../worlds/loop-world.ts';
import { tinyTable, toCsv } from '../worlds/tiny-table.ts';
import { until } from '../worlds/wait.ts';
import { ask } from './ask.ts';
import type { Installation } from './installation.ts';

/** Longer than anything that a life waits for takes while processes are killed every other second. */
const patienceMs = 15 * 60_000;
/** Lives are to wait for the installation, not the installation for those who ask it. */
const lookEveryMs = 200;
/** A rollout takes three windows when nothing is disturbed; the rest is for rows that a killed process did not pair. */
const windowsPerRollout = 5;

/** `short` ends when its first champion is back. */
export type Length = 'whole' | 'short';

/**
 * One model from its definition to its last training, the same for everybody: trained, challenged, promoted, taken
 * back, challenged, aborted, frozen, thawed, trained as an experiment. `onStep` hears how far it has got.
 */
export async function live(
  installation: Installation,
  { folder, length }: { readonly folder: string; readonly length: Length },
  model: string,
  onStep: (text: string) => void,
): Promise<void> {
  let sent = 0;
  const command = (verb: string, body: object = {}): Promise<{ readonly commandId: string }> =>
    ask(installation, {
      door: 'control',
      path: `/v1/models/${model}/${verb}`,
      body: { reason: 'a life', ...body },
      key: keyOf(model, verb, sent),
    });
  const settled = (): Promise<SettledView> =>
    ask(installation, { door: 'control', path: `/v1/models/${model}/settled` });
  const wait = async (what: string, is: (view: SettledView) => boolean): Promise<void> => {
    onStep(what);
    await until(`${model}: ${what}`, async () => is(await settled()), patienceMs, lookEveryMs);
  };
  const play = async (windows: number): Promise<void> => {
    for (let window = 0; window < windows; window++) {
      await playWindow(installation, model, sent);
      sent += windowRows;
      await wait(`row ${sent} is settled`, (now) => now.lastSeq >= sent && now.labels >= sent && now.isSettled);
    }
  };

  /** Asks for a training and waits for the decision: a command whose answer was lost may be performed later. */
  const retrain = async (body: object = {}): Promise<void> => {
    const { commandId } = await command('retrain', body);
    onStep(`the decision about ${commandId} is stored`);
    await until(
      `${model}: the decision about ${commandId} is stored`,
      async () => {
        const path = `/v1/models/${model}/history?limit=200`;
        const { decisions } = await ask<HistoryView>(installation, { door: 'control', path });
        return decisions.some(({ key }) => key === `command/${commandId}`);
      },
      patienceMs,
      lookEveryMs,
    );
  };

  await apply(installation, folder, model);
  await wait('v1 is champion', (now) => now.championVersion === 1 && now.isSettled);
  await retrain();
  await wait('v2 is compared', (now) => now.rollout !== null && now.isSettled);
  await play(windowsPerRollout);
  await wait('v2 is champion', (now) => now.championVersion === 2 && now.rollout === null && now.isSettled);
  await command('rollback', { toVersion: 1 });
  await wait('v1 is champion again', (now) => now.championVersion === 1 && now.isSettled);
  if (length === 'short') return onStep('has lived');
  await retrain();
  await wait('v3 is compared', (now) => now.rollout !== null && now.isSettled);
  await command('abort');
  await wait('v3 is out', (now) => now.rollout === null && now.isSettled);
  await command('freeze');
  await play(1);
  await command('thaw');
  await retrain({ rollout: false });
  await wait('v4 is there', (now) => now.isSettled);
  await play(1);
  onStep('has lived');
}

/** A name for the command that is the same in every attempt, and in no other step. */
function keyOf(model: string, verb: string, sent: number): string {
  const hex = createHash('sha256').update(`${model}/${verb}/${sent}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function apply(installation: Installation, folder: string, model: string): Promise<void> {
  const file = path.join(folder, `${model}.csv`);
  await writeFile(file, toCsv(tinyTable({ seed: 'history', rows: 400 })));
  const spec = completeSpec({
    ...tinySpec(model, file),
    // Far away: what a killed process did not pair only takes more rows, it changes no verdict.
    rollout: { ...tinyRollout, deadline: { rows: 100 * windowRows } },
  });
  await ask(installation, {
    door: 'control',
    path: '/v1/apply',
    body: { spec, reason: 'a life' },
    key: keyOf(model, 'apply', 0),
  });
}

/** Stored first: then every label is known in the window after its row's, however the spool cuts its segments. */
async function playWindow(installation: Installation, model: string, from: number): Promise<void> {
  const rows = tinyTable({ seed: 'live', rows: from + windowRows }).slice(from);
  const predictionIds = rows.map((_, i) => `${model}-${from + i}`);
  await ask(installation, {
    door: 'inference',
    path: `/v1/models/${model}/predict`,
    body: { rows: rows.map(({ cells }) => cells), predictionIds },
  });
  const lastSeq = async (): Promise<number> =>
    (await ask<SettledView>(installation, { door: 'control', path: `/v1/models/${model}/settled` })).lastSeq;
  await until(
    `${model}: row ${from + windowRows} is stored`,
    async () => (await lastSeq()) >= from + windowRows,
    patienceMs,
    lookEveryMs,
  );
  await ask(installation, {
    door: 'inference',
    path: '/v1/labels',
    body: {
      model,
      labels: rows.map((row, i) => ({
        labelId: `${model}-${from + i}`,
        predictionId: predictionIds[i],
        label: row.label,
      })),
    },
  });
}
