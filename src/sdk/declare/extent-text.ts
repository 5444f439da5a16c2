import { PerennialError } from '../../domain/words/errors.ts';
import type { Extent } from '../../domain/words/extent.ts';

const msPerUnit = {
  ms: 1,
  second: 1_000,
  seconds: 1_000,
  minute: 60_000,
  minutes: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
} as const;

export type DurationText = `${number} ${keyof typeof msPerUnit}`;
export type RowsText = `${number} row` | `${number} rows`;
/** `30 days`, `5 minutes`, `500 rows`. */
export type ExtentText = DurationText | RowsText;
/** How a definition may write an extent. */
export type ExtentInput = ExtentText | Extent;

const pattern = /^(\d+(?:\.\d+)?) (rows?|ms|seconds?|minutes?|hours?|days?)$/;

/** The extent that a text means; `path` names the place in the definition. Throws invalid_spec. */
export function extent(input: ExtentInput, path = 'extent'): Extent {
  if (typeof input !== 'string') {
    if (typeof input !== 'object' || input === null) throw refuse(path, input);
    return input;
  }
  const [, amountText = '', unit = ''] = pattern.exec(input) ?? [];
  const amount = Number(amountText);
  if (amountText === '') throw refuse(path, input);
  if (unit.startsWith('row')) {
    if (!Number.isSafeInteger(amount)) throw refuse(path, input);
    return { rows: amount };
  }
  return { ms: Math.round(amount * unitMs(unit)) };
}

/** `milliseconds('7 days')`, for the settings whose names end in `Ms`. Throws invalid_spec. */
export function milliseconds(input: DurationText, path = 'duration'): number {
  const parsed = extent(input, path);
  if ('rows' in parsed) throw refuse(path, input);
  return parsed.ms;
}

function unitMs(unit: string): number {
  return Object.entries(msPerUnit).find(([name]) => name === unit)?.[1] ?? 1;
}

function refuse(path: string, input: unknown): PerennialError {
  return new PerennialError(
    'invalid_spec',
    `${path}: ${JSON.stringify(input)} is neither a duration nor a number of rows`,
    {
      path,
      hint:
        "Write it like '500 rows', '5 minutes' or '30 days': a number, one space, and rows, ms, seconds, " +
        'minutes, hours or days.',
    },
  );
}
