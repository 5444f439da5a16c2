import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StartedStack } from '../src/stack/start-stack.ts';
import type { SettledView } from '../src/contracts/http/views.ts';
import { completeSpec } from '../src/domain/spec/default-spec.ts';
import type { FeatureSpec } from '../src/domain/spec/spec.ts';
import { requestJson } from '../src/replay/http.ts';
import { createRandom } from '../src/statistics/numeric/random.ts';

export const templateModel = 'template';
/** Rows of a window: 2,000 windows of them are a million predictions. */
export const templateWindowRows = 500;
const numberCount = 18;
const historyRows = 1_500;
const windowsMax = 8;
const waitMsMax = 90_000;

interface Row {
  readonly cells: Record<string, number | string>;
  readonly label: string;
}

/**
 * A real model of twenty features through a retraining and a rollout: what pages show of it has the form that it has in
 * life.
 */
export async function playTemplate(stack: StartedStack, folder: string): Promise<void> {
  const file = path.join(folder, 'template.csv');
  const history = rowsOf('history', historyRows);
  const names = Object.keys(history[0]?.cells ?? {});
  const lines = history.map(({ cells, label }) => [...names.map((name) => cells[name]), label].join(','));
  await writeFile(file, `${[...names, 'y'].join(',')}\n${lines.join('\n')}\n`);
  const control = { url: stack.controlUrl, token: stack.tokens.admin };
  const inference = { url: stack.inferenceUrl, token: stack.tokens.predictor };
  const settled = (): Promise<SettledView> => requestJson(control, 'GET', `/v1/models/${templateModel}/settled`);
  await requestJson(control, 'POST', '/v1/apply', { spec: specOf(file), reason: 'bench' });
  await until('there is a champion', async () => (await settled()).championVersion === 1);
  let sent = 0;
  const window = async (): Promise<SettledView> => {
    const rows = rowsOf('live', sent + templateWindowRows).slice(sent);
    const ids = rows.map((_, i) => `template-${sent + i}`);
    await requestJson(inference, 'POST', `/v1/models/${templateModel}/predict`, {
      rows: rows.map(({ cells }) => cells),
      predictionIds: ids,
    });
    await requestJson(inference, 'POST', '/v1/labels', {
      model: templateModel,
      labels: rows.map(({ label }, i) => ({ predictionId: ids[i], label })),
    });
    sent += templateWindowRows;
    let view = await settled();
    await until('the window is judged', async () => (view = await settled()).lastSeq >= sent && view.isSettled);
    return view;
  };
  await window();
  await requestJson(control, 'POST', `/v1/models/${templateModel}/retrain`, { reason: 'bench' });
  await until('the rollout has begun', async () => (await settled()).rollout !== null);
  for (let played = 1; played < windowsMax; played++) if ((await window()).championVersion === 2) break;
  await window();
}

function rowsOf(seed: string, count: number): readonly Row[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const numbers = Array.from({ length: numberCount }, () => Number(random.normal().toFixed(3)));
    const cells: Record<string, number | string> = Object.fromEntries(numbers.map((value, i) => [`f${i + 1}`, value]));
    cells['channel'] = ['app', 'web', 'phone'][random.integer(3)] ?? 'app';
    cells['region'] = ['north', 'south', 'east', 'west'][random.integer(4)] ?? 'north';
    cells['amount'] = Number((5 + 95 * random.next()).toFixed(2));
    const signal = (numbers[0] ?? 0) + 0.7 * (numbers[1] ?? 0) + (cells['channel'] === 'web' ? 0.4 : 0);
    return { cells, label: random.next() < 0.1 ? (random.next() < 0.5 ? 'yes' : 'no') : signal > 0.5 ? 'yes' : 'no' };
  });
}

function specOf(file: string) {
  const numbers = Array.from({ length: numberCount }, (_, i): FeatureSpec => ({
    kind: 'number',
    name: `f${i + 1}`,
    missing: 'allow',
  }));
  return completeSpec({
    name: templateModel,
    about: {
      owner: 'bench',
      useCase: 'Has the form of a real model, two hundred times.',
      successCriterion: 'Pages stay quick.',
    },
    features: [
      ...numbers,
      { kind: 'category', name: 'channel', missing: 'allow' },
      { kind: 'category', name: 'region', missing: 'allow' },
      { kind: 'number', name: 'amount', missing: 'allow' },
    ],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 50 } },
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
    slices: ['channel'],
    value: {
      currency: 'EUR',
      truePositive: { fixed: -1 },
      falsePositive: { fixed: -4 },
      trueNegative: { fixed: 0 },
      falseNegative: { fixed: 0, per: { column: 'amount', factor: -0.5 } },
    },
    rollout: {
      shadow: { rows: templateWindowRows },
      canary: [{ percent: 50, extent: { rows: templateWindowRows } }],
      lookEvery: { rows: 100 },
      pollMs: 50,
      failures: ['error', 'wrong'],
      promotion: { metric: 'logLoss', margin: 1, alpha: 0.05, labelledRowsMin: 50 },
      deadline: { rows: 2 * templateWindowRows },
    },
    watch: { window: { rows: templateWindowRows }, falseAlarmRate: 1e-6 },
    retrain: {
      growthFactor: null,
      onDecay: false,
      onDrift: false,
      budget: { runs: 50, per: { rows: 1_000_000 } },
      labelledRowsMin: 1,
    },
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + waitMsMax;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${waitMsMax / 1_000} s: ${what}`);
    await delay(20);
  }
}
