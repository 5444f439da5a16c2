import { fallbackVersion } from '../../domain/rollout/routing.ts';
import { inferBody, parseBody } from '../edge/bodies.ts';
import type { Call, ReadBody } from '../edge/call.ts';
import { findVersion } from '../edge/find-model.ts';
import { rowsOfTensors } from '../edge/read-tensors.ts';
import type { Serving } from '../serving.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { answerRequest, refuseUnanswered } from './answer-request.ts';
import type { NamedVersion } from './describe-model.ts';
import { notePredictions } from './note-predictions.ts';
import { tensorsOf } from './output-tensors.ts';
import type { Prediction } from './prediction.ts';

/** As `predict`, in the tensors of the Open Inference Protocol. Whoever names a version is answered by it alone. */
export async function infer(
  serving: Serving,
  call: Call,
  { readBody, ...named }: NamedVersion & { readonly readBody: ReadBody },
) {
  const model = await findVersion(serving, call, named);
  const body = parseBody(inferBody, await readBody());
  const predictions = await answerRequest(serving, model, {
    rows: rowsOfTensors(body),
    isForChampion: named.version !== undefined,
    startedAtMs: call.startedAtMs,
  });
  notePredictions(serving, call, named.model, predictions);
  refuseUnanswered(predictions);
  return {
    model_name: named.model,
    model_version: versionIn(model, predictions),
    ...(body.id === undefined ? {} : { id: body.id }),
    outputs: tensorsOf(predictions, (model.champion?.signature ?? model.edge.logged).classes.length, body.outputs),
  };
}

/** The protocol has one version for all rows of an answer: the champion stands for a mixture. */
function versionIn({ champion }: ServedModel, predictions: readonly Prediction[]): string | undefined {
  const versions = new Set(predictions.map(({ version }) => (version === fallbackVersion ? 'fallback' : `${version}`)));
  return versions.size === 1 ? [...versions][0] : String(champion?.routed.version);
}
