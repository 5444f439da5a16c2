/** What ONNX Runtime writes, and what is said of it. Names of operators and types are plain words, so they are kept. */
const problems: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
  [
    /No Op registered for (\w{1,40}) with domain_version of (\d+)/,
    ([, op, version]) => `${op} does not exist in opset ${version}`,
  ],
  [/(\w{1,40})\(-?\d+\) is not a registered function\/op/, ([, op]) => `the operator ${op} is not known here`],
  [
    /Could not find an implementation for (\w{1,40})\((\d+)\)/,
    ([, op]) => `${op} cannot be run on these types or in this version`,
  ],
  [
    /Unrecognized attribute: (\w{1,40}) for operator (\w{1,40})/,
    ([, name, op]) => `${op} has no attribute ${name} in this opset`,
  ],
  [
    /Type '?tensor\((\w{1,20})\)'? of input parameter .{0,200}? of operator \((\w{1,40})\)/,
    ([, type, op]) => `${op} does not take ${type}`,
  ],
  [/Type Error/, () => 'the types of two of its steps do not fit together'],
  [/bad_alloc|Failed to allocate memory|BFCArena|std::length_error/, () => 'it needs more memory than there is'],
  [/Non-zero status code returned while running (\w{1,40}) node/, ([, op]) => `it fails in a step ${op}`],
  [/Exception during (?:initialization|loading).*?(\w{1,40})\.cc/, () => 'a part of it cannot be set up'],
  [/Protobuf parsing failed|ModelProto does not have a graph/, () => 'its bytes cannot be read as a model'],
  [
    /ShapeInferenceError|Incompatible dimensions|dimension mismatch|Mismatch between/i,
    () => 'the shapes of its steps do not fit together',
  ],
  [/Got invalid dimensions for input|Invalid rank for input/, () => 'it takes rows of another shape'],
  [/is not output of any previous nodes|This is an invalid model|INVALID_GRAPH/, () => 'its graph is not valid'],
];

/**
 * Why ONNX Runtime refused a file or failed on rows, as part of a sentence in words of ours: its own text holds paths
 * of its sources and is for those who build it.
 */
export function sayRuntimeProblem(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  for (const [pattern, say] of problems) {
    const found = pattern.exec(text);
    if (found !== null) return say(found);
  }
  return 'ONNX Runtime refuses it';
}
