/** Numbers that something can hold. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

const float = (max: number): NumberRange => ({ min: -max, max, isWhole: false });
const whole = (min: number, max: number): NumberRange => ({ min, max, isWhole: true });
const bits = (count: number): number => 2 ** count;

/** Beyond it a float64, and so a number in JSON, is no longer told apart from its neighbours. */
const wholeMax = Number.MAX_SAFE_INTEGER;
export const exactWholes = whole(-wholeMax, wholeMax);

/** By the name that ONNX Runtime gives the type; one that is not here holds whatever a row can hold. */
const ranges: ReadonlyMap<string, NumberRange> = new Map([
  ['float16', float(65_504)],
  ['float32', float(3.4028234663852886e38)],
  ['bool', whole(0, 1)],
  ['int8', whole(-bits(7), bits(7) - 1)],
  ['uint8', whole(0, bits(8) - 1)],
  ['int16', whole(-bits(15), bits(15) - 1)],
  ['uint16', whole(0, bits(16) - 1)],
  ['int32', whole(-bits(31), bits(31) - 1)],
  ['uint32', whole(0, bits(32) - 1)],
  ['int64', exactWholes],
  ['uint64', whole(0, wholeMax)],
]);

/** Whole numbers and truth values have no form for a missing one; floating-point numbers have NaN. */
export function rangeOfType(type: string | undefined): NumberRange | null {
  return type === undefined ? null : (ranges.get(type) ?? null);
}

export function isWithin(value: number, { min, max, isWhole }: NumberRange): boolean {
  return value >= min && value <= max && (!isWhole || Number.isInteger(value));
}

/** Why a number is not of a type, as an end of a sentence. */
export function sayMisfit(value: number, range: NumberRange, type: string): string {
  if (range.isWhole && !Number.isInteger(value)) return `which is not whole, as ${type} is`;
  return Math.abs(value) > wholeMax && range.isWhole
    ? 'which is beyond 2^53, where JSON keeps no whole number apart from its neighbours'
    : `which is beyond the range of ${type}`;
}
