import { fallbackVersion } from '../../domain/rollout/routing.ts';
import { featuresOf, signatureOf } from '../../domain/spec/signature.ts';
import { parseBody, predictBody } from '../edge/bodies.ts';
import type { Call, ReadBody } from '../edge/call.ts';
import { findModel } from '../edge/find-model.ts';
import { readExplain } from '../edge/read-explain.ts';
import type { Serving } from '../serving.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { answerRequest, failureOf, refuseUnanswered } from './answer-request.ts';
import { notePredictions } from './note-predictions.ts';
import type { Prediction } from './prediction.ts';

/** Authorises, reads the rows, answers them, logs and counts them: what is told to the caller. */
export async function predict(
  serving: Serving,
  call: Call,
  { model: name, readBody }: { readonly model: string; readonly readBody: ReadBody },
) {
  const model = await findModel(serving, call, name);
  const { rows, predictionIds, explain: asked } = parseBody(predictBody, await readBody());
  const explain = readExplain(asked, rows.length, featuresOf(signatureOf(model.latestSpec)).length);
  const predictions = await answerRequest(serving, model, {
    rows,
    predictionIds,
    explain,
    startedAtMs: call.startedAtMs,
  });
  notePredictions(serving, call, name, predictions);
  refuseUnanswered(predictions);
  return { model: name, predictions: predictions.map((prediction) => present(model, prediction)) };
}

function present(model: ServedModel, prediction: Prediction): Record<string, unknown> {
  const { predictionId, version: number, arm, answer } = prediction;
  const version = number === fallbackVersion ? null : number;
  const { repaired: cells, explanation } = prediction;
  const more = {
    ...(cells === undefined ? {} : { repaired: cells }),
    ...(explanation === undefined ? {} : { explanation }),
  };
  if (answer === null) {
    const { code, message } = failureOf(prediction);
    return { predictionId, version, arm, error: { code, detail: `${message}.` } };
  }
  if (answer.decision === null) return { predictionId, version, arm, value: answer.scores[0], ...more };
  const classes = classesOf(model, number);
  const probabilities = Object.fromEntries(classes.map((name, index) => [name, answer.scores[index]]));
  return { predictionId, version, arm, label: answer.decision, probabilities, ...more };
}

/** A version of another spec revision may know other classes than the champion. */
function classesOf(model: ServedModel, version: number): readonly string[] {
  if (version === fallbackVersion) return model.edge.logged.classes;
  const loaded = [model.champion, model.challenger, ...(model.abTest?.arms.map(({ served }) => served) ?? [])];
  const by = loaded.find((one) => one?.routed.version === version) ?? model.champion;
  return by?.signature.classes ?? [];
}
