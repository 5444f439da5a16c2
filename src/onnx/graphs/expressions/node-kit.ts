import type { GraphBuilder } from '../graph-builder.ts';
import { elementTypes, type Attribute, type ElementType } from '../wire.ts';

/** `RegexFullMatch` and `StringConcat` came with this opset; a graph without them keeps the one of all others. */
const textOpset = 20;

/** The few steps that every expression is made of. */
export class NodeKit {
  readonly #graph: GraphBuilder;
  readonly #doubles = new Map<string, string>();

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  node(op: string, ...inputs: readonly string[]): string {
    return this.#graph.node(op, inputs);
  }

  nodeWith(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): string {
    return this.#graph.node(op, inputs, attributes);
  }

  /** An operator on texts, which raises the opset of the graph. */
  textNode(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    this.#graph.needOpset(textOpset);
    return this.#graph.node(op, inputs, attributes);
  }

  /** A DOUBLE of one row, which stands for as many as there are. */
  double(value: number): string {
    const key = Object.is(value, -0) ? '-0' : String(value);
    const known = this.#doubles.get(key);
    if (known !== undefined) return known;
    const name = this.#graph.constant({ type: 'double', dims: [1, 1], values: [value] });
    this.#doubles.set(key, name);
    return name;
  }

  text(value: string): string {
    return this.#graph.constant({ type: 'string', dims: [1, 1], values: [value] });
  }

  ints(values: readonly number[]): string {
    return this.#graph.constant({ type: 'int64', dims: [values.length], values });
  }

  cast(tensor: string, to: ElementType): string {
    return this.#graph.node('Cast', [tensor], { to: { int: elementTypes[to] } });
  }

  /** 1 or 0 as DOUBLE. */
  truth(condition: string): string {
    return this.cast(condition, 'double');
  }

  missingWhere(condition: string, otherwise: string): string {
    return this.node('Where', condition, this.double(NaN), otherwise);
  }

  /** An infinity becomes missing. */
  finite(tensor: string): string {
    return this.missingWhere(this.node('IsInf', tensor), tensor);
  }

  /** A DOUBLE for each text: what stands in `values`, or else `otherwise`. */
  lookUp(tensor: string, values: Readonly<Record<string, number>> | ReadonlyMap<string, number>, otherwise: number) {
    const entries = values instanceof Map ? [...values] : Object.entries(values);
    const float = this.#graph.mlNode('LabelEncoder', [tensor], {
      keys_strings: { texts: entries.map(([key]) => key) },
      values_floats: { floats: entries.map(([, value]) => value) },
      default_float: { float: otherwise },
    });
    return this.cast(float, 'double');
  }
}
