import { opsetOf, type ForeignModel } from '../file/foreign-model.ts';

/** The lowest opset in which every step of the wrapping exists (Where, Less and Greater as they are used). */
export const opsetMin = 9;
/** Operator set for a file that uses none of the default domain. */
export const opsetWithout = 18;

/**
 * The opsets of the wrapped file. A converter often writes the lowest that its operators need; what changed up to 9
 * either only added to an operator, or changed its attributes and operands so that the runtime refuses the old form. So
 * the number is raised; the answers of file and wrapped file are compared anyway. `Scan` alone changed quietly.
 */
export function liftedOpsets(model: ForeignModel): readonly { readonly domain: string; readonly version: number }[] {
  const opset = opsetOf(model, '') ?? opsetWithout;
  const others = model.opsets.filter(({ domain }) => domain !== '' && domain !== 'ai.onnx');
  return [{ domain: '', version: Math.max(opset, opsetMin) }, ...others];
}

/** The lowest version of `ai.onnx.ml` whose LabelEncoder is the one of derived features. */
const mlOpsetMin = 2;
/** The one of our own graphs. */
const mlOpsetUsual = 5;

/**
 * The same where nodes of ours, written for an opset, compute in front of the file. An operator whose form has changed
 * is refused by the runtime, and one whose meaning has changed by the comparison of answers. Null where an operator of
 * the file would be another one.
 */
export function opsetsBehind(model: ForeignModel, opset: number): ReturnType<typeof liftedOpsets> | null {
  const [own, ...others] = liftedOpsets(model);
  const ml = opsetOf(model, 'ai.onnx.ml');
  const hasOldEncoder = model.census.ops.has('ai.onnx.ml:LabelEncoder') && (ml ?? mlOpsetMin) < mlOpsetMin;
  if (hasOldEncoder || model.census.ops.has(':Scan')) return null;
  return [
    { domain: '', version: Math.max(own?.version ?? opset, opset) },
    ...others.filter(({ domain }) => domain !== 'ai.onnx.ml'),
    { domain: 'ai.onnx.ml', version: ml === null ? mlOpsetUsual : Math.max(ml, mlOpsetMin) },
  ];
}

/** What is said about a file whose opset was raised; null where it was not. */
export function liftNote(model: ForeignModel): string | null {
  const opset = opsetOf(model, '');
  return opset === null || opset >= opsetMin ? null : `opset: raised from ${opset} to ${opsetMin}`;
}

/** The operator that changed its meaning below the opset that the wrapping needs; null where there is none. */
export function unliftable(model: ForeignModel): string | null {
  return liftNote(model) !== null && model.census.ops.has(':Scan') ? 'Scan' : null;
}
