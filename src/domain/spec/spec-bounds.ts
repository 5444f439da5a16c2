import { listNames, nearestColumn } from '../words/nearest-name.ts';

/** One thing that types cannot say and that would fail later, with the place and the way out. */
export interface SpecProblem {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

export function within(path: string, value: number, low: number, high: number, isClosed: boolean): SpecProblem[] {
  const isInside = isClosed ? value >= low && value <= high : value > low && value < high;
  return problemIf(
    !isInside,
    path,
    `${value} is out of range`,
    isClosed ? `Use a number from ${low} to ${high}.` : `Use a number between ${low} and ${high}, both excluded.`,
  );
}

export function atLeast(path: string, value: number, low: number): SpecProblem[] {
  return problemIf(!(value >= low), path, `${value} is too small`, `Use at least ${low}.`);
}

export function problemIf(isProblem: boolean, path: string, message: string, fix: string): SpecProblem[] {
  return isProblem ? [{ path, message, fix }] : [];
}

/** A problem where the name is none of those that are known; `what` it is the name of. */
export function unknownColumn(path: string, name: string, known: readonly string[], what = 'column'): SpecProblem[] {
  if (known.includes(name)) return [];
  const nearest = nearestColumn(name, known);
  const possible = known.length === 0 ? `there is no ${what} at all` : listNames(known);
  return [
    {
      path,
      message: `there is no ${what} ${name} here`,
      fix: nearest === null ? `Use one of: ${possible}.` : `Did you mean ${nearest}? Possible: ${possible}.`,
    },
  ];
}

/** A problem unless the machine knows the clocks of this zone. */
export function checkTimeZone(path: string, timeZone: string): SpecProblem[] {
  return problemIf(
    !isTimeZone(timeZone),
    path,
    `"${timeZone}" is no known time zone`,
    "Use a name like 'Europe/Berlin' or 'UTC'.",
  );
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
