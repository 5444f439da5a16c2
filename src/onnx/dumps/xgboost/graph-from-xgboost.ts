import type { Signature } from '../../../domain/spec/signature.ts';
import { dumpGraph, type SaidOfDump } from '../dump-graph.ts';
import { parseDump } from '../read-json.ts';
import { readXgBoost } from './read-xgboost.ts';

/**
 * An ONNX file of ours from `booster.save_model('model.json')` of XGBoost 2 and 3. Features are found by name, the
 * words of categories in the file (XGBoost 3.1 and later) or in `said`; classes are coded in the order of the signature
 * unless `said` has another. Throws `unsupported` with one sentence for what cannot be turned truly.
 */
export function graphFromXgBoost(
  text: string,
  signature: Signature,
  metadata: Readonly<Record<string, string>>,
  said: SaidOfDump = {},
): Uint8Array {
  return dumpGraph(readXgBoost(parseDump(text)), signature, metadata, said);
}
