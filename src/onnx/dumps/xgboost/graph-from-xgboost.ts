import type { Signature } from '../../../domain/spec/signature.ts';
import { dumpGraph } from '../dump-graph.ts';
import { matchFeatures } from '../match-features.ts';
import { parseDump } from '../read-json.ts';
import { readXgBoost } from './read-xgboost.ts';

/**
 * An ONNX file of ours from `booster.save_model('model.json')` of XGBoost 2 and 3. Features are found by name, the
 * words of categories in the file (XGBoost 3.1 and later); classes are coded in the order of the signature. Throws
 * `unsupported` with one sentence for what cannot be turned truly.
 */
export function graphFromXgBoost(
  text: string,
  signature: Signature,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const dump = readXgBoost(parseDump(text));
  return dumpGraph(dump, matchFeatures(dump, signature), signature, metadata);
}
