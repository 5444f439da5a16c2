import { applyScoreMaps, type ScoreMap } from '../../domain/training/calibration/score-map.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { AddedSums } from '../../onnx/graphs/added-sums.ts';
import type { StartedGraph } from '../../onnx/graphs/preprocessing-graph.ts';
import { mapLogits, mapOdds, type AddMaps } from '../../onnx/graphs/score-maps.ts';
import type { FittedModel } from '../interface.ts';

/** Values are no probabilities. */
const mapSums: Record<TaskName, AddMaps | null> = { binary: mapOdds, multiclass: mapLogits, regression: null };

/** The same model with maps behind its scores, in its answers as in its file. */
export function withMaps({ task, classes }: Signature, model: FittedModel, maps: readonly ScoreMap[]): FittedModel {
  if (maps.length === 0) return model;
  const addSums = model.addSums?.bind(model);
  const mapped = ({ graph }: StartedGraph, { sums, type }: AddedSums): string =>
    mapSums[task]?.(graph, sums, type, maps) ?? sums;
  return {
    ...model,
    predict: (columns, range) => applyScoreMaps(task, classes.length, model.predict(columns, range), maps),
    ...(addSums === undefined
      ? {}
      : { addSums: (started) => ({ sums: mapped(started, addSums(started)), type: 'double' as const }) }),
    toOnnx: (dataDigest, further = []) => model.toOnnx(dataDigest, [...maps, ...further]),
  };
}
