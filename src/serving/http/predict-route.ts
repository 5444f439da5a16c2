import type { Context } from 'hono';
import { fallbackVersion } from '../../domain/rollout/routing.ts';
import { parseBody, predictBody } from '../edge/bodies.ts';
import { predict, type Prediction } from '../answer/predict.ts';
import type { ServedModel } from '../versions/model-table.ts';
import type { Serving } from '../serving.ts';
import { authorisedModel } from './authenticate.ts';
import { readJson } from './read-json.ts';
import type { Env } from './respond.ts';

/** `POST /v1/models/{name}/predict` */
export async function predictRoute(serving: Serving, context: Context<Env>, name: string): Promise<Response> {
  const model = await authorisedModel(serving, context, name);
  const { rows, predictionIds } = parseBody(predictBody, await readJson(context));
  const predictions = await predict(serving, model, { rows, predictionIds, startedAtMs: context.get('startedAtMs') });
  notePredictions(context, serving, name, predictions);
  return context.json({ model: name, predictions: predictions.map((prediction) => present(model, prediction)) });
}

/** For metrics and the trace: who answered, not what was asked. */
export function notePredictions(
  context: Context<Env>,
  serving: Pick<Serving, 'metrics'>,
  model: string,
  predictions: readonly Prediction[],
): void {
  const { metrics } = serving;
  const [first] = predictions;
  if (first === undefined) return;
  if (metrics !== undefined) {
    const isOneArm = predictions.every(({ arm }) => arm === first.arm);
    if (isOneArm) metrics.rows(model, first.arm, predictions.length);
    else for (const { arm } of predictions) metrics.rows(model, arm, 1);
  }
  context.get('span')?.set({
    'perennial.model': model,
    'perennial.version': first.version,
    'perennial.arm': first.arm,
    'perennial.rows': predictions.length,
  });
}

function present(
  model: ServedModel,
  { predictionId, version: number, arm, answer }: Prediction,
): Record<string, unknown> {
  const classes = classesOf(model, number);
  const version = number === fallbackVersion ? null : number;
  if (answer.decision === null) return { predictionId, version, arm, value: answer.scores[0] };
  const probabilities = Object.fromEntries(classes.map((name, index) => [name, answer.scores[index]]));
  return { predictionId, version, arm, label: answer.decision, probabilities };
}

/** A challenger of another spec revision may know other classes than the champion. */
export function classesOf(model: ServedModel, version: number): readonly string[] {
  if (version === fallbackVersion) return model.edge.logged.classes;
  const by = model.challenger?.routed.version === version ? model.challenger : model.champion;
  return by?.signature.classes ?? [];
}
