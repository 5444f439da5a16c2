/** What a golden vector gives to a function, as JSON has it. */
export class Given {
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  number(at: number): number {
    const value = this.#values[at];
    if (typeof value !== 'number') throw new TypeError(`argument ${at} is no number`);
    return value;
  }

  numberOrNull(at: number): number | null {
    return this.#values[at] === null ? null : this.number(at);
  }

  flag(at: number): boolean {
    return this.#values[at] === true;
  }

  seed(at: number): number | string {
    const value = this.#values[at];
    return typeof value === 'string' ? value : this.number(at);
  }

  list(at: number): Float64Array {
    return listOf(this.#values[at]);
  }

  listOrNull(at: number): Float64Array | null {
    return this.#values[at] === null ? null : this.list(at);
  }

  rows(at: number): readonly Float64Array[] {
    const value = this.#values[at];
    if (!Array.isArray(value)) throw new TypeError(`argument ${at} is no list of lists`);
    return value.map(listOf);
  }

  /** All numbers of an argument, for what the vectors range over. */
  all(at: number): readonly (number | Float64Array)[] {
    return flat(this.#values[at]);
  }
}

function flat(value: unknown): readonly (number | Float64Array)[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value))
    return value.every((one) => typeof one === 'number') ? [listOf(value)] : value.flatMap(flat);
  return typeof value === 'object' && value !== null ? [listOf(value)] : [];
}

/** A list as it is, or the rows that `made` of bench/golden/common.py describes. */
function listOf(value: unknown): Float64Array {
  if (Array.isArray(value)) return Float64Array.from(value, Number);
  if (typeof value !== 'object' || value === null) throw new TypeError('neither a list nor made rows');
  const { rows, times, modulo, over, minus } = { rows: 0, times: 0, modulo: 1, over: 1, minus: 0, ...value };
  return Float64Array.from({ length: rows }, (_, row) => ((row * times) % modulo) / over - minus);
}
