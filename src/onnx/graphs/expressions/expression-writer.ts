import type { Expression } from '../../../domain/features/expressions/expression.ts';
import { canonicalJson } from '../../../domain/words/canonical.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { NodeKit } from './node-kit.ts';
import { writeOperation } from './write-operation.ts';

/** An input of the graph, as it stands there. */
export interface InputTensor {
  readonly tensor: string;
  readonly type: 'float' | 'double' | 'string';
}

/**
 * Writes expressions as nodes: everything that is a number is computed in float64 and a text stays one, `[N, 1]` both.
 * Missing is NaN, or the empty text. A part that several expressions share is computed once.
 */
export class ExpressionWriter {
  readonly #kit: NodeKit;
  readonly #inputs: ReadonlyMap<string, InputTensor>;
  readonly #written = new Map<string, string>();

  constructor(graph: GraphBuilder, inputs: ReadonlyMap<string, InputTensor>) {
    this.#kit = new NodeKit(graph);
    this.#inputs = inputs;
  }

  /** The name of its DOUBLE or STRING tensor. */
  write(expression: Expression): string {
    const key = canonicalJson(expression);
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const tensor = this.#write(expression);
    this.#written.set(key, tensor);
    return tensor;
  }

  /** As a model takes it: FLOAT for what is a number; what is beyond the largest float32 is missing. */
  writeFloat(expression: Expression): string {
    const exact = this.write(expression);
    const isBeyond = this.#kit.node('Greater', this.#kit.node('Abs', exact), this.#kit.double(float32Max));
    return this.#kit.cast(this.#kit.missingWhere(isBeyond, exact), 'float');
  }

  #write(expression: Expression): string {
    if (expression.op === 'value') return this.#kit.double(expression.value);
    if (expression.op === 'column') return this.#read(expression.name);
    return writeOperation(
      this.#kit,
      expression,
      expression.of.map((operand) => this.write(operand)),
      expression.of.map((operand) => this.#isText(operand)),
    );
  }

  /** No infinity is a value. */
  #read(name: string): string {
    const input = this.#inputs.get(name);
    if (input === undefined) throw new RangeError(`the graph has no input ${name}`);
    if (input.type === 'string') return input.tensor;
    return this.#kit.finite(input.type === 'float' ? this.#kit.cast(input.tensor, 'double') : input.tensor);
  }

  #isText(expression: Expression): boolean {
    if (expression.op === 'column') return this.#inputs.get(expression.name)?.type === 'string';
    if (expression.op === 'coalesce') return expression.of.every((operand) => this.#isText(operand));
    return expression.op === 'cross';
  }
}

const float32Max = 3.4028234663852886e38;
