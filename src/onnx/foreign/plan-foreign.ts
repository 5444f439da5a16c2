import { isText, kindOf } from '../../domain/features/kind-of.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignFeature, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import type { ForeignModel, ForeignNode, ForeignValue } from './read-foreign.ts';

/** An input of the foreign graph and the features that fill its columns, in order. */
export interface PlannedInput {
  readonly name: string;
  readonly type: number;
  /** 1: `[rows]`; 2: `[rows, columns]`. */
  readonly rank: 1 | 2;
  readonly columns: readonly (ForeignFeature & { readonly integer?: boolean })[];
}

export interface ForeignPlan {
  readonly inputs: readonly PlannedInput[];
  /** Tensor with the scores, by its name in the foreign graph. */
  readonly scores: string;
  /** Labels that the file itself carries; empty when it carries none. */
  readonly labels: readonly string[];
  /** The last real operator makes probabilities. */
  readonly isEndedByProbabilities: boolean;
  readonly notes: readonly string[];
}

const featuresMax = 2_000;
const float = 1;
const int64 = 7;
const string = 8;
const bool = 9;
const double = 11;
/** Element types that a request can fill, and what a feature of each is unless somebody says otherwise. */
const kindOfElement: Readonly<Record<number, ForeignFeature['kind']>> = {
  [float]: 'number',
  [double]: 'number',
  [int64]: 'number',
  6: 'number',
  [bool]: 'boolean',
  [string]: 'category',
};

/**
 * How the file takes rows and where its scores are. `header`: column names of the sample, null without one. Throws
 * `unsupported`.
 */
export function planForeign(
  model: ForeignModel,
  signature: ForeignSignature,
  header: readonly string[] | null,
): ForeignPlan {
  const notes: string[] = [];
  const inputs = planInputs(model, signature, header === null ? null : withoutLabel(header), notes);
  return { inputs, ...planScores(model, signature, notes), notes };
}

/** A sample often carries the answer along; it is no input. */
function withoutLabel(header: readonly string[]): readonly string[] {
  const rest = header.filter((name) => !/^(label|target|class|y)$/i.test(name));
  return rest.length === header.length - 1 ? rest : header;
}

function planInputs(
  model: ForeignModel,
  signature: ForeignSignature,
  header: readonly string[] | null,
  notes: string[],
): readonly PlannedInput[] {
  const constants = new Set(model.initializers);
  const real = model.inputs.filter((input) => !constants.has(input.name));
  if (real.length === 0) throw refused('takes no input', 'Export it with its inputs.');
  if (signature.input === 'matrix' && real.length !== 1)
    throw refused(
      `takes ${real.length} inputs (${listed(real)}), not one matrix`,
      'Leave "input" out of the signature.',
    );
  const widths = widthsOf(real, signature, header);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total > featuresMax)
    throw refused(`takes ${total} columns; at most ${featuresMax} are served`, 'Use a model of fewer features.');
  const names = namesOf(real, widths, header);
  if (signature.features === undefined) {
    const said =
      names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
    const origin =
      real.length === total
        ? 'the inputs of the file'
        : header === null
          ? 'numbered, as the file does not name them'
          : 'from the header of the sample';
    notes.push(`features: ${said} (${origin})`);
  } else if (signature.features.length !== total)
    throw refused(
      `takes ${total} columns, and the signature names ${signature.features.length} features`,
      'Name one feature per column, in order.',
    );
  let at = 0;
  return real.map((input, index) => {
    const width = widths[index] ?? 1;
    const columns = Array.from({ length: width }, (_, column) =>
      featureOf(input, signature.features?.[at + column], names[at + column] ?? `f${at + column}`),
    );
    at += width;
    return { name: input.name, type: input.type, rank: input.dims?.length === 1 ? 1 : 2, columns };
  });
}

function featureOf(
  input: ForeignValue,
  declared: ForeignFeature | undefined,
  name: string,
): PlannedInput['columns'][number] {
  const kind = kindOfElement[input.type] ?? 'number';
  const integer = input.type === int64 || input.type === 6 ? { integer: true } : {};
  if (declared === undefined) return { name, kind, ...integer };
  const isFitting = isText(declared) === (input.type === string);
  if (!isFitting)
    throw refused(
      `takes ${isText({ kind }) ? 'text' : 'numbers'} for "${declared.name}", ` +
        `which the signature calls a ${declared.kind}`,
      `Declare it as "${kind}".`,
    );
  return { ...declared, ...(kindOf(declared.kind).isQuantity ? integer : {}) };
}

/**
 * Columns of each input; a matrix whose width the file leaves open takes what the signature or the sample leaves for
 * it.
 */
function widthsOf(
  real: readonly ForeignValue[],
  signature: ForeignSignature,
  header: readonly string[] | null,
): readonly number[] {
  for (const input of real) {
    if (input.kind !== 'tensor' || kindOfElement[input.type] === undefined) {
      const found = input.kind === 'tensor' ? `a tensor of element type ${input.type}` : 'something that is no tensor';
      throw refused(
        `takes "${input.name}" as ${found}`,
        'Supported are tensors of float, double, int64, int32, bool and string.',
      );
    }
    if (input.dims !== null && (input.dims.length < 1 || input.dims.length > 2)) {
      throw refused(
        `takes "${input.name}" with ${input.dims.length} dimensions`,
        'Supported are [rows] and [rows, columns]: tables, not images or sequences.',
      );
    }
  }
  const known = real.map((input) =>
    input.dims?.length === 1 ? 1 : typeof input.dims?.[1] === 'number' && input.dims[1] > 0 ? input.dims[1] : null,
  );
  const open = known.filter((width) => width === null).length;
  if (open === 0) return known.map((width) => width ?? 1);
  const all = signature.features?.length ?? header?.length ?? null;
  const rest = all === null ? null : all - known.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  if (open > 1 || rest === null || rest < 1) {
    throw refused(
      'does not say how many columns it takes',
      'Name its features in --signature, or give a --data sample with exactly its columns.',
    );
  }
  return known.map((width) => width ?? rest);
}

function namesOf(
  real: readonly ForeignValue[],
  widths: readonly number[],
  header: readonly string[] | null,
): readonly string[] {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total === real.length) return real.map((input) => input.name);
  if (header !== null && header.length === total) return header;
  const plain = real.length === 1 ? () => 'f' : (index: number) => `${real[index]?.name ?? 'f'}_`;
  return widths.flatMap((width, index) =>
    Array.from({ length: width }, (_, column) =>
      width === 1 && real.length > 1 ? (real[index]?.name ?? '') : `${plain(index)}${column}`,
    ),
  );
}

function planScores(
  model: ForeignModel,
  signature: ForeignSignature,
  notes: string[],
): Pick<ForeignPlan, 'scores' | 'labels' | 'isEndedByProbabilities'> {
  const makers = new Map(
    model.nodes.flatMap((node) => node.outputs.map((output): [string, ForeignNode] => [output, node])),
  );
  const scores = unzipped(chooseOutput(model, signature, makers, notes), makers);
  const labels = model.nodes.find((node) => node.labels.length > 1)?.labels ?? [];
  return { scores, labels, isEndedByProbabilities: isProbability(scores, makers) };
}

function chooseOutput(
  model: ForeignModel,
  signature: ForeignSignature,
  makers: ReadonlyMap<string, ForeignNode>,
  notes: string[],
): string {
  const wanted = signature.output?.name;
  if (wanted !== undefined) {
    if (model.outputs.some((output) => output.name === wanted)) return wanted;
    throw refused(
      `has no output "${wanted}"; it has ${listed(model.outputs)}`,
      'Correct output.name in the signature.',
    );
  }
  const numeric = model.outputs.filter(
    (output) =>
      (output.kind === 'tensor' && [float, double].includes(output.type)) || makers.get(output.name)?.op === 'ZipMap',
  );
  const best =
    numeric.find(({ name }) => /prob/i.test(name)) ??
    numeric.find(({ name }) => /score|logit/i.test(name)) ??
    (numeric.length === 1 ? numeric[0] : undefined);
  if (best === undefined) {
    if (numeric.length === 0)
      throw refused(
        `gives no scores, only ${listed(model.outputs)}`,
        'Export it with its probabilities (or its value, for regression) as a float tensor.',
      );
    throw refused(
      `gives several outputs that could be the scores (${listed(numeric)})`,
      'Say which in the signature: {"output": {"name": "..."}}.',
    );
  }
  if (model.outputs.length > 1) notes.push(`scores: output "${best.name}" of ${listed(model.outputs)}`);
  return best.name;
}

/** ZipMap turns a tensor into a list of maps for Python's convenience; the tensor before it is what is served. */
function unzipped(output: string, makers: ReadonlyMap<string, ForeignNode>): string {
  const maker = makers.get(output);
  return maker?.op === 'ZipMap' ? (maker.inputs[0] ?? output) : output;
}

const passing = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

function isProbability(tensor: string, makers: ReadonlyMap<string, ForeignNode>): boolean {
  let at = tensor;
  for (let steps = 0; steps < 20; steps++) {
    const maker = makers.get(at);
    if (maker === undefined) return false;
    if (!passing.has(maker.op))
      return (
        ['Sigmoid', 'Softmax', 'Normalizer'].includes(maker.op) ||
        maker.postTransform === 'LOGISTIC' ||
        maker.postTransform === 'SOFTMAX'
      );
    at = maker.inputs[0] ?? '';
  }
  return false;
}

function listed(values: readonly { readonly name: string }[]): string {
  const names = values.slice(0, 8).map(({ name }) => `"${name}"`);
  return values.length > 8 ? `${names.join(', ')} and ${values.length - 8} more` : names.join(', ');
}

function refused(what: string, hint: string): PerennialError {
  return new PerennialError('unsupported', `The model ${what}.`, { path: 'model', hint });
}
