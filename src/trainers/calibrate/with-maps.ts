import { applyScoreMaps, type ScoreMap } from '../../domain/training/calibration/score-map.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { FittedModel } from '../interface.ts';

/** The same model with maps behind its scores, in its answers as in its file. */
export function withMaps({ task, classes }: Signature, model: FittedModel, maps: readonly ScoreMap[]): FittedModel {
  if (maps.length === 0) return model;
  return {
    ...model,
    predict: (columns, range) => applyScoreMaps(task, classes.length, model.predict(columns, range), maps),
    toOnnx: (dataDigest, further = []) => model.toOnnx(dataDigest, [...maps, ...further]),
  };
}
