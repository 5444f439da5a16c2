import type { TrialView } from '../../../contracts/http/trials.ts';

type Value = TrialView['settings'][string];

/** One setting as an axis: its name, its ends in words, and where a value lies from 0 (bottom) to 1 (top). */
export interface Axis {
  readonly name: string;
  readonly low: string;
  readonly high: string;
  readonly place: (value: Value | undefined) => number;
}

/** Axes of the settings of these trials, in their order; numbers that span more than a factor of 20 by logarithm. */
export function axesOf(trials: readonly Pick<TrialView, 'settings'>[]): readonly Axis[] {
  const names = Object.keys(trials[0]?.settings ?? {});
  return names.map((name) =>
    axisOf(
      name,
      trials.flatMap(({ settings }) => settings[name] ?? []),
    ),
  );
}

const logarithmFrom = 20;

function axisOf(name: string, values: readonly Value[]): Axis {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  if (numbers.length < values.length) return wordAxis(name, [...new Set(values)]);
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const up = low > 0 && high / low >= logarithmFrom ? Math.log : (value: number): number => value;
  const span = up(high) - up(low);
  return {
    name,
    low: say(low),
    high: say(high),
    place: (value) => (typeof value === 'number' && span > 0 ? (up(value) - up(low)) / span : 0.5),
  };
}

function wordAxis(name: string, words: readonly Value[]): Axis {
  const last = Math.max(1, words.length - 1);
  return {
    name,
    low: String(words[0] ?? ''),
    high: String(words.at(-1) ?? ''),
    place: (value) => (value === undefined ? 0.5 : Math.max(0, words.indexOf(value)) / last),
  };
}

function say(value: number): string {
  return String(Number(value.toPrecision(3)));
}
