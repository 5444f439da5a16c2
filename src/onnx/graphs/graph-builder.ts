import {
  encodeModel,
  type Attribute,
  type ElementType,
  type ForeignParts,
  type GraphNode,
  type GraphValue,
  type Tensor,
} from './wire.ts';

/** A graph from another file, its names made disjoint from ours already; its opsets govern the whole file. */
export interface ForeignGraph extends ForeignParts {
  readonly nodes: readonly Uint8Array[];
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
}

/**
 * Collects the nodes of one graph. Inputs keep their raw names (any text); every internal name gets a prefix that no
 * input has, so a feature called `n1` cannot collide with a node.
 */
export class GraphBuilder {
  readonly #inputs: readonly GraphValue[];
  readonly #outputs: GraphValue[] = [];
  readonly #constants: { name: string; tensor: Tensor }[] = [];
  readonly #nodes: (GraphNode | Uint8Array)[] = [];
  #foreign: ForeignGraph | null = null;
  readonly #prefix: string;
  #count = 0;
  #opset = 18;

  /** Where equal tensors are computed once: what each of them is computed by, and its name. */
  readonly #known: Map<string, string> | null;

  /** `mayShareEqual`: a node or constant that is there already is not added again, as where models are merged. */
  constructor(inputs: readonly GraphValue[], { mayShareEqual = false }: { readonly mayShareEqual?: boolean } = {}) {
    this.#inputs = inputs;
    this.#known = mayShareEqual ? new Map() : null;
    let prefix = 'n';
    while (inputs.some((input) => input.name.startsWith(prefix))) prefix = `_${prefix}`;
    this.#prefix = prefix;
  }

  /** Adds an operator of the default domain and returns the name of its one output. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.#once([op, inputs, attributes], () => this.#add(op, '', inputs, attributes, this.#fresh()));
  }

  /** Adds an operator of `ai.onnx.ml`. */
  mlNode(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): string {
    const add = (): string => this.#add(op, 'ai.onnx.ml', inputs, attributes, this.#fresh());
    // Trees are large, and no two models have the same ones.
    return op === 'TreeEnsemble' ? add() : this.#once(['ai.onnx.ml', op, inputs, attributes], add);
  }

  /** Raises the opset of the default domain to at least this one; graphs that do not ask for it stay as they were. */
  needOpset(version: number): void {
    this.#opset = Math.max(this.#opset, version);
  }

  /** The opset of the default domain that its own nodes are written for. */
  get opset(): number {
    return this.#opset;
  }

  /** Gives a tensor the very name that a foreign node waits for. */
  alias(from: string, name: string): void {
    this.#add('Identity', '', [from], {}, name);
  }

  /** Puts a foreign graph in, after what was added so far and before what follows. */
  embed(foreign: ForeignGraph): void {
    this.#foreign = foreign;
    for (const node of foreign.nodes) this.#nodes.push(node);
  }

  constant(tensor: Tensor): string {
    return this.#once(tensor, () => {
      const name = this.#fresh();
      this.#constants.push({ name, tensor });
      return name;
    });
  }

  /** Declares `from` as an output. A feature may bear the wished name already; then underscores are appended. */
  output(wished: string, type: ElementType, dims: readonly (number | string)[], from: string): void {
    let name = wished;
    while (this.#inputs.some((input) => input.name === name)) name = `${name}_`;
    this.#add('Identity', '', [from], {}, name);
    this.#outputs.push({ name, type, dims });
  }

  finish(metadata: Readonly<Record<string, string>>): Uint8Array {
    return encodeModel({
      graphName: 'perennial',
      inputs: this.#inputs,
      outputs: this.#outputs,
      constants: this.#constants,
      nodes: this.#nodes,
      opsets: this.#foreign?.opsets ?? [
        { domain: '', version: this.#opset },
        { domain: 'ai.onnx.ml', version: 5 },
      ],
      ...(this.#foreign === null ? {} : { foreign: this.#foreign }),
      metadata: Object.entries(metadata)
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, value]) => ({ key, value })),
    });
  }

  #once(what: unknown, add: () => string): string {
    if (this.#known === null) return add();
    // JSON has no NaN and no -0; both are told from what they would become.
    const key = JSON.stringify(what, (_, value: unknown) =>
      typeof value === 'number' && (Number.isNaN(value) || Object.is(value, -0))
        ? `number ${value}, ${1 / value}`
        : value,
    );
    const name = this.#known.get(key) ?? add();
    this.#known.set(key, name);
    return name;
  }

  #fresh(): string {
    this.#count += 1;
    return `${this.#prefix}${this.#count}`;
  }

  #add(
    op: string,
    domain: string,
    inputs: readonly string[],
    attributes: GraphNode['attributes'],
    output: string,
  ): string {
    this.#nodes.push({ op, domain, inputs, outputs: [output], attributes });
    return output;
  }
}
