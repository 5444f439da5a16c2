import { isText, kindOf } from '../../domain/features/kind-of.ts';
import type { ForeignFeature, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { ForeignModel, ForeignValue } from '../file/foreign-model.ts';
import { listed, refusedFile } from '../file/refused-file.ts';

/** An input of the foreign graph and the features that fill its columns, in order. */
export interface PlannedInput {
  readonly name: string;
  readonly type: number;
  /** 1: `[rows]`; 2: `[rows, columns]`. */
  readonly rank: 1 | 2;
  /** Rows that the file says it takes at once; null where it leaves them open. */
  readonly batch: number | null;
  readonly columns: readonly PlannedFeature[];
}

export type PlannedFeature = ForeignFeature & {
  /** Takes whole numbers. */
  readonly integer?: boolean;
  /** The type of the input has no form for a missing value. */
  readonly isNeverMissing?: boolean;
};

const featuresMax = 2_000;
/** Element types that a request can fill, and what a feature of each is unless somebody says otherwise. */
const kindOfElement: Readonly<Record<number, ForeignFeature['kind']>> = {
  [elementTypes.float]: 'number',
  [elementTypes.double]: 'number',
  [elementTypes.float16]: 'number',
  [elementTypes.int8]: 'number',
  [elementTypes.uint8]: 'number',
  [elementTypes.int16]: 'number',
  [elementTypes.uint16]: 'number',
  [elementTypes.int32]: 'number',
  [elementTypes.uint32]: 'number',
  [elementTypes.int64]: 'number',
  [elementTypes.uint64]: 'number',
  [elementTypes.bool]: 'boolean',
  [elementTypes.string]: 'category',
};
/** Types with a value that stands for a missing one. */
const withNaN: ReadonlySet<number> = new Set([elementTypes.float, elementTypes.double, elementTypes.float16]);

/** A sample often carries the answer along; it is no input. */
function withoutLabel(header: readonly string[]): readonly string[] {
  const rest = header.filter((name) => !/^(label|target|class|y)$/i.test(name));
  return rest.length === header.length - 1 ? rest : header;
}

/**
 * How the file takes rows. `header`: column names of the sample, null without one. Throws `unsupported`.
 */
export function planInputs(
  model: ForeignModel,
  signature: ForeignSignature,
  sampleHeader: readonly string[] | null,
  notes: string[],
): readonly PlannedInput[] {
  const header = sampleHeader === null ? null : withoutLabel(sampleHeader);
  const real = model.inputs.filter((input) => !model.initializers.has(input.name));
  if (real.length === 0) throw refusedFile('takes no input', 'Export it with its inputs.');
  if (signature.input === 'matrix' && real.length !== 1)
    throw refusedFile(
      `takes ${real.length} inputs (${listed(real)}), not one matrix`,
      'Leave "input" out of the signature.',
    );
  const widths = widthsOf(real, signature, header);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total > featuresMax)
    throw refusedFile(`takes ${total} columns; at most ${featuresMax} are served`, 'Use a model of fewer features.');
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
    throw refusedFile(
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
    const [first] = input.dims ?? [];
    const batch = typeof first === 'number' && first > 0 ? first : null;
    return { name: input.name, type: input.type, rank: input.dims?.length === 1 ? 1 : 2, batch, columns };
  });
}

function featureOf(
  input: ForeignValue,
  declared: ForeignFeature | undefined,
  name: string,
): PlannedInput['columns'][number] {
  const kind = kindOfElement[input.type] ?? 'number';
  const isNeverMissing = isNeverMissingIn(input.type) ? { isNeverMissing: true } : {};
  const integer = isWhole(input.type) ? { integer: true } : {};
  if (declared === undefined) return { name, kind, ...integer, ...isNeverMissing };
  const isFitting = isText(declared) === (input.type === elementTypes.string);
  if (!isFitting)
    throw refusedFile(
      `takes ${isText({ kind }) ? 'text' : 'numbers'} for "${declared.name}", ` +
        `which the signature calls a ${declared.kind}`,
      `Declare it as "${kind}".`,
    );
  return { ...declared, ...(kindOf(declared.kind).isQuantity ? integer : {}), ...isNeverMissing };
}

function isWhole(type: number): boolean {
  return isNeverMissingIn(type) && type !== elementTypes.bool;
}

function isNeverMissingIn(type: number): boolean {
  return type !== elementTypes.string && !withNaN.has(type);
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
      throw refusedFile(
        `takes "${input.name}" as ${found}`,
        'Supported are tensors of float, double, float16, whole numbers, bool and string.',
      );
    }
    if (input.dims !== null && (input.dims.length < 1 || input.dims.length > 2)) {
      throw refusedFile(
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
    throw refusedFile(
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
