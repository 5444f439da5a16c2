/** A value that a graph takes or gives. `dims` null: the file does not say; null in it: any size. */
export interface ForeignValue {
  readonly name: string;
  readonly kind: 'tensor' | 'sequence' | 'other';
  /** Element type of a tensor (TensorProto.DataType); 0 when unknown. */
  readonly type: number;
  readonly dims: readonly (number | string | null)[] | null;
}

/** A constant of the file; its numbers stay bytes until somebody reads them. */
export interface ForeignTensor {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

export interface ForeignNode {
  readonly op: string;
  /** Empty for the default domain. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** AttributeProto bytes by name, decoded by whoever asks. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
  /** Graphs inside: branches, bodies. */
  readonly graphs: readonly ForeignGraphParts[];
}

export interface ForeignGraphParts {
  readonly inputs: readonly ForeignValue[];
  readonly outputs: readonly ForeignValue[];
  readonly nodes: readonly ForeignNode[];
  readonly initializers: ReadonlyMap<string, ForeignTensor>;
}

/** A function of the file itself. */
export interface ForeignFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly ForeignNode[];
}

export interface ForeignModel extends ForeignGraphParts {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly functions: readonly ForeignFunction[];
  /** Everything that the file contains, also inside branches and functions. */
  readonly census: Census;
  /** Bytes of the graph within the file, and of its functions. */
  readonly graph: Uint8Array;
  readonly functionBytes: readonly Uint8Array[];
}

export interface Census {
  nodes: number;
  depth: number;
  externalTensors: number;
  /** Values that the largest constant would hold once it is unpacked. */
  largestTensorSize: number;
  hasTraining: boolean;
  readonly ops: Map<string, number>;
}

export function emptyCensus(): Census {
  return { nodes: 0, depth: 0, externalTensors: 0, largestTensorSize: 0, hasTraining: false, ops: new Map() };
}

/** The opset of a domain; null where the file names none. `ai.onnx` is another name of the default one. */
export function opsetOf(model: Pick<ForeignModel, 'opsets'>, domain: '' | 'ai.onnx.ml'): number | null {
  const found = model.opsets.find((opset) => (opset.domain === 'ai.onnx' ? '' : opset.domain) === domain);
  return found?.version ?? null;
}
