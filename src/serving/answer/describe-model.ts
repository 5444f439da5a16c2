import type { FeatureKind } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { authorise } from '../edge/authorise.ts';
import type { Call } from '../edge/call.ts';
import type { EdgeSignature } from '../edge/edge-signature.ts';
import { findVersion } from '../edge/find-model.ts';
import type { Serving } from '../serving.ts';

/** A model, and the version of it where the caller names one. */
export interface NamedVersion {
  readonly model: string;
  readonly version?: string | undefined;
}

/** What the server is, for whoever may predict with anything. */
export async function serverMetadata(serving: Serving, call: Call, productVersion: string) {
  await authorise(serving.tokens, call, { permission: 'predict', model: null });
  return { name: 'perennial', version: productVersion, extensions: [] };
}

/** What a model takes and gives. */
export async function modelMetadata(serving: Serving, call: Call, named: NamedVersion) {
  const { champion, edge } = await findVersion(serving, call, named);
  const versions = champion === null ? [] : [String(champion.routed.version)];
  return { name: named.model, versions, platform: 'onnx_onnxv1', ...tensorsOf(edge) };
}

/** Throws `no_champion` for a model that nothing answers for, `unavailable` for one whose process is away. */
export async function modelReady(serving: Serving, call: Call, named: NamedVersion) {
  const { champion, latestSpec } = await findVersion(serving, call, named);
  const hasFallback = (latestSpec.fallback ?? null) !== null;
  if (champion === null && !hasFallback) throw new PerennialError('no_champion', `${named.model} has no champion yet`);
  const whyAway = champion?.whyAway?.() ?? null;
  if (whyAway !== null && !hasFallback) throw new PerennialError('unavailable', whyAway);
  return { name: named.model, ready: true };
}

const datatypes: Record<FeatureKind, string> = { number: 'FP64', boolean: 'BOOL', time: 'FP64', category: 'BYTES' };

/** Inputs and outputs of a model in the words of the Open Inference Protocol; -1 is any number of rows. */
function tensorsOf(edge: EdgeSignature): {
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
} {
  const inputs = edge.columns.map(({ name, kind }) => ({ name, datatype: datatypes[kind], shape: [-1, 1] }));
  const known = new Set(inputs.map(({ name }) => name));
  if (edge.entityColumn !== null && !known.has(edge.entityColumn))
    inputs.push({ name: edge.entityColumn, datatype: 'BYTES', shape: [-1, 1] });
  if (edge.eventTimeColumn !== null && !known.has(edge.eventTimeColumn))
    inputs.push({ name: edge.eventTimeColumn, datatype: 'BYTES', shape: [-1, 1] });
  const { classes } = edge.logged;
  const scores =
    classes.length === 0
      ? [{ name: 'value', datatype: 'FP64', shape: [-1, 1] }]
      : [
          { name: 'label', datatype: 'BYTES', shape: [-1, 1] },
          { name: 'probabilities', datatype: 'FP64', shape: [-1, classes.length] },
        ];
  return { inputs, outputs: [...scores, { name: 'prediction_id', datatype: 'BYTES', shape: [-1, 1] }] };
}
