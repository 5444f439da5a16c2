import { loadModel } from '../../src/onnx/run/run-model.ts';

export interface InspectedValue {
  readonly name: string;
  /** Element type as ONNX Runtime names it (`float32`, `float64`, `string`, ...). */
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

export interface InspectedModel {
  readonly inputs: readonly InspectedValue[];
  readonly outputs: readonly InspectedValue[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** What a model file takes, gives and says about itself; throws `artifact_corrupt` for bytes that are no model. */
export async function inspectModel(path: string): Promise<InspectedModel> {
  const { session, metadata } = await loadModel(path);
  try {
    const describe = (values: typeof session.inputMetadata): InspectedValue[] =>
      values.map((value) => ({
        name: value.name,
        type: value.isTensor ? value.type : 'not a tensor',
        shape: value.isTensor ? value.shape : [],
      }));
    return { inputs: describe(session.inputMetadata), outputs: describe(session.outputMetadata), metadata };
  } finally {
    await session.release();
  }
}
