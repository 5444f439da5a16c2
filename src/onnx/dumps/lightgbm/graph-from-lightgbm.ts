import { isText } from '../../../domain/features/kind-of.ts';
import type { Signature } from '../../../domain/spec/signature.ts';
import { dumpGraph } from '../dump-graph.ts';
import { matchFeatures } from '../match-features.ts';
import { parseDump } from '../read-json.ts';
import { giveWords } from './give-words.ts';
import { readLightGbm } from './read-lightgbm.ts';

/**
 * An ONNX file of ours from `json.dump(booster.dump_model(), file)` of LightGBM 4. Features are found by name, the
 * words of categories in `pandas_categorical`; classes are coded in the order of the signature. Throws `unsupported`
 * with one sentence for what cannot be turned truly.
 */
export function graphFromLightGbm(
  text: string,
  signature: Signature,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const dump = readLightGbm(parseDump(text));
  const places = matchFeatures(dump, signature);
  const worded = giveWords(dump, (at) => {
    const place = places[at] ?? null;
    return place !== null && isText(place);
  });
  return dumpGraph(worded, places, signature, metadata);
}
