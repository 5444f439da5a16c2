import { columnsRead } from '../../domain/features/expressions/expression.ts';
import { isText, kindOf } from '../../domain/features/kind-of.ts';
import type { Signature, SignatureColumn } from '../../domain/spec/signature.ts';
import { ExpressionWriter, type InputTensor } from '../graphs/expressions/expression-writer.ts';
import { GraphBuilder } from '../graphs/graph-builder.ts';
import { elementTypes, type ElementType, type GraphValue } from '../graphs/wire.ts';
import { refusedFile } from '../file/refused-file.ts';
import { typeOf } from './original-graph.ts';
import type { PlannedInput } from './plan-inputs.ts';

/** A graph with its raw inputs, and what a column that the foreign graph takes is called in there. */
export interface Front {
  readonly graph: GraphBuilder;
  readonly tensorOf: (name: string, type: ElementType) => string;
  /** Whether nodes of ours stand before the foreign ones. */
  readonly isComputing: boolean;
}

/**
 * One raw input per column that the file takes, `[N, 1]` in the very type that it takes. Where a signature says that
 * some of them are derived, their nodes are written here, and the inputs are the columns that they read.
 */
export function startFront(inputs: readonly PlannedInput[], signature: Signature | null): Front {
  const taken = new Map(inputs.flatMap((input) => input.columns.map(({ name }) => [name, typeOf(input)] as const)));
  const derived = (signature?.derived ?? []).filter(({ name }) => taken.has(name));
  if (signature === null || derived.length === 0)
    return {
      graph: new GraphBuilder([...taken].map(([name, type]): GraphValue => ({ name, type, dims: ['N', 1] }))),
      tensorOf: (name) => name,
      isComputing: false,
    };
  const read = new Set(derived.flatMap(({ expression }) => columnsRead(expression)));
  const raw = signature.columns.filter(({ name }) => taken.has(name) || read.has(name));
  const declared = (column: SignatureColumn): ElementType => taken.get(column.name) ?? readAs(column);
  const graph = new GraphBuilder(
    raw.map((column): GraphValue => ({ name: column.name, type: declared(column), dims: ['N', 1] })),
  );
  const tensors = raw.map((column): [string, InputTensor] => {
    const type = readAs(column);
    const isSame = declared(column) === type;
    return [column.name, { tensor: isSame ? column.name : castTo(graph, column.name, type), type }];
  });
  const writer = new ExpressionWriter(graph, new Map(tensors));
  return {
    graph,
    isComputing: true,
    tensorOf(name, type) {
      const computed = derived.find((one) => one.name === name);
      if (computed === undefined) return name;
      if (isText(computed)) return writer.write(computed.expression);
      if (type !== 'float' && type !== 'double' && type !== 'float16')
        throw refusedFile(
          `takes the derived feature "${name}" in a type that has no form for a missing value`,
          'Let it take float.',
        );
      const float = writer.writeFloat(computed.expression);
      return type === 'float' ? float : castTo(graph, float, type);
    },
  };
}

/** As derived features read it: exact where differences of large amounts may be taken. */
function readAs(column: SignatureColumn): InputTensor['type'] {
  if (isText(column)) return 'string';
  const { isQuantity, isInstant } = kindOf(column.kind);
  return isQuantity || isInstant ? 'double' : 'float';
}

function castTo(graph: GraphBuilder, tensor: string, type: ElementType): string {
  return graph.node('Cast', [tensor], { to: { int: elementTypes[type] } });
}
