import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StartedStack } from '../src/stack/start-stack.ts';
import type { HistoryView, SettledView } from '../src/contracts/http/views.ts';
import { startListening } from '../src/db/base/listen.ts';
import { activeRollout } from '../src/db/routing/rollouts.ts';
import { latestVersion } from '../src/db/models/versions.ts';
import { completeSpec } from '../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../src/domain/spec/spec.ts';
import { requestJson } from '../src/replay/http.ts';
import { tinyTable, toCsv } from '../tests/worlds/tiny-table.ts';
import type { Played } from './orchestration.ts';

const stepRows = 50;
const historyRows = 400;
const waitMsMax = 60_000;
const model = 'bench';

/** A real tiny model on a real stack, with everything that is declared as a wait made short. */
export interface Player {
  /** Applies the definition and waits for the first champion. */
  first(): Promise<void>;
  /**
   * One retraining by command, its rollout fed with rows as soon as a step begins, until it is promoted and all is
   * quiet.
   */
  retrain(): Promise<Played>;
}

export async function createPlayer(stack: StartedStack, folder: string): Promise<Player & { close(): void }> {
  const file = path.join(folder, 'bench.csv');
  await writeFile(file, toCsv(tinyTable({ seed: 'history', rows: historyRows })));
  const { db } = stack.database;
  const control = { url: stack.controlUrl, token: stack.tokens.admin };
  const inference = { url: stack.inferenceUrl, token: stack.tokens.predictor };
  const settled = (): Promise<SettledView> => requestJson(control, 'GET', `/v1/models/${model}/settled`);
  let stored = { seq: 0, atMs: 0 };
  const stopListening = startListening(stack.database.url, ['perennial_segment'], (payload) => hear(payload), {
    warn: quiet,
  });
  let sent = 0;

  function hear(payload: string): void {
    if (payload === '') return;
    const heard = JSON.parse(payload) as { readonly model: string; readonly lastSeq: number };
    if (heard.model === model && heard.lastSeq > stored.seq) stored = { seq: heard.lastSeq, atMs: Date.now() };
  }

  /** Labels of what was sent before, then the rows of one step; when they were stored. */
  async function feed(): Promise<number> {
    const rows = tinyTable({ seed: 'live', rows: sent + stepRows });
    const labels = rows
      .slice(Math.max(0, sent - stepRows), sent)
      .map(({ label }, i) => ({ predictionId: idOf(sent - stepRows + i), label }));
    if (labels.length > 0) await requestJson(inference, 'POST', '/v1/labels', { model, labels });
    const fresh = rows.slice(sent);
    await requestJson(inference, 'POST', `/v1/models/${model}/predict`, {
      rows: fresh.map(({ cells }) => cells),
      predictionIds: fresh.map((_, i) => idOf(sent + i)),
    });
    sent += stepRows;
    await until('the rows are stored', () => Promise.resolve(stored.seq >= sent));
    return stored.atMs;
  }

  async function first(): Promise<void> {
    await requestJson(control, 'POST', '/v1/apply', { spec: specOf(file), reason: 'bench' });
    await until('there is a champion', async () => {
      const view = await settled();
      return view.championVersion === 1 && view.isSettled;
    });
    await quietWindow();
  }

  /**
   * A rollout that ended with the last window counts as under way until the next one: so one window lies between two
   * runs.
   */
  async function quietWindow(): Promise<void> {
    await feed();
    await until('the window is decided', async () => {
      const view = await settled();
      return view.lastSeq >= sent && view.isSettled;
    });
  }

  async function retrain(): Promise<Played> {
    const before = (await settled()).championVersion ?? 0;
    const storedMs = new Map<number, number>();
    const askedMs = Date.now();
    await requestJson(control, 'POST', `/v1/models/${model}/retrain`, { reason: 'bench' });
    for (let step = 0; step < 2; step++) {
      await until(`step ${step} begins`, async () => {
        const open = await activeRollout(db, model);
        return open !== null && open.step === step && open.stepBegun;
      }).catch(async (error: unknown) => {
        const { decisions, runs } = await requestJson<HistoryView>(control, 'GET', `/v1/models/${model}/history`);
        throw new Error(
          `${String(error)}; last decision: ${decisions[0]?.reason}; ` +
            `last run: ${runs[0]?.runId} ${runs[0]?.status} ${runs[0]?.detail}`,
          { cause: error },
        );
      });
      storedMs.set(step, await feed());
    }
    await until('the challenger is promoted', async () => {
      const view = await settled();
      if (view.championVersion === before + 1 && view.rollout === null && view.isSettled) return true;
      // A process that was too busy to renew its lease answered without the challenger: the pairs are too few, and rows
      // are waited for.
      if (view.isSettled && view.rollout?.step === 2) storedMs.set(2, await feed());
      return false;
    });
    const version = (await latestVersion(db, model))?.version ?? 0;
    await quietWindow();
    return { model, train: before + 1, version, askedMs, storedMs };
  }

  return { first, retrain, close: stopListening };
}

const quiet = (): void => undefined;
const idOf = (row: number): string => `bench-${row}`;

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + waitMsMax;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${waitMsMax / 1_000} s: ${what}`);
    await delay(5);
  }
}

/** Steps by rows, polled every 50 ms: every wait that a definition can declare is as short as it goes. */
function specOf(file: string): ModelSpec {
  return completeSpec({
    name: model,
    about: {
      owner: 'bench',
      useCase: 'Measures what the loop costs beside the work.',
      successCriterion: 'The loop closes.',
    },
    features: [
      { kind: 'number', name: 'height', missing: 'allow' },
      { kind: 'number', name: 'width', missing: 'allow' },
      { kind: 'category', name: 'colour', missing: 'allow' },
    ],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: stepRows } },
    source: { kind: 'file', path: file, format: 'csv' },
    trainer: {
      treesMax: 20,
      leavesMax: 7,
      learningRate: 0.2,
      rowsPerLeafMin: 5,
      earlyStoppingTrees: 5,
      historyShares: [1],
    },
    gates: [{ gate: 'atLeast', metric: 'auroc', value: 0.6 }],
    rollout: {
      shadow: { rows: stepRows },
      canary: [{ percent: 50, extent: { rows: stepRows } }],
      lookEvery: { rows: stepRows },
      pollMs: 50,
      failures: ['error'],
      promotion: { metric: 'logLoss', margin: 1, alpha: 0.05, labelledRowsMin: 20 },
      deadline: { rows: 2 * stepRows },
    },
    watch: { window: { rows: stepRows }, falseAlarmRate: 1e-6 },
    retrain: { growthFactor: null, onDecay: false, budget: { runs: 50, per: { rows: 10_000 } }, labelledRowsMin: 1 },
  });
}
