import { abTestView, type AbTestView } from '../../src/contracts/http/ab-tests.ts';
import { requestJson } from '../../src/replay/http.ts';
import type { LoopWorld } from './loop-world.ts';
import { tinyTable } from './tiny-table.ts';
import { until } from './wait.ts';

const rowsPerCall = 500;

/** A champion, and two more versions that passed their gate and answer nobody. */
export async function threeVersions(world: LoopWorld, model: string): Promise<void> {
  await world.champion(model);
  await world.teachOpposite(model);
  for (const version of [2, 3]) {
    await world.retrain(model, { reason: 'for an A/B test', rollout: false });
    await until(`v${version} is there`, async () =>
      (await world.history(model)).versions.some((row) => row.version === version),
    );
    await until('nothing is under way', async () => (await world.settled(model)).isSettled);
  }
}

export const asked = { versions: [2, 3], metric: 'positiveRate', better: 'higher', sharePercent: 50, effectMin: 0.2 };

export async function abTestOf(world: LoopWorld, model: string, number: number): Promise<AbTestView> {
  const control = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
  return abTestView.parse(await requestJson(control, 'GET', `/v1/models/${model}/ab-tests/${number}`));
}

export async function untilRunning(world: LoopWorld, model: string, number: number): Promise<void> {
  await until('every process knows its arms', async () => (await abTestOf(world, model, number)).status === 'running');
}

export interface Told {
  readonly predictionId: string;
  readonly version: number;
  readonly arm: string;
}

/** One call of rows that nobody has seen; `yesOf` is the share of yes that comes of what a version decides. */
export async function answerRows(
  world: LoopWorld,
  model: string,
  call: number,
  yesOf: (version: number) => number,
): Promise<readonly Told[]> {
  const inference = { url: world.stack.inferenceUrl, token: world.stack.tokens.predictor };
  const rows = tinyTable({ seed: `ab ${call}`, rows: rowsPerCall }).map(({ cells }) => cells);
  const predictionIds = rows.map((_, i) => `${model}-ab-${call}-${i}`);
  const { predictions } = await requestJson<{ predictions: readonly Told[] }>(
    inference,
    'POST',
    `/v1/models/${model}/predict`,
    { rows, predictionIds },
  );
  await requestJson(inference, 'POST', '/v1/labels', {
    model,
    labels: predictions.map(({ predictionId, version }, i) => ({
      labelId: predictionId,
      predictionId,
      label: i % 10 < 10 * yesOf(version) ? 'yes' : 'no',
    })),
  });
  return predictions;
}
