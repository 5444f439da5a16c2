import { jsx } from 'hono/jsx';
import { formatLineageName, type LineageName } from '../../domain/record/lineage/lineage.ts';
import { sayCount, sayNumber } from '../../domain/words/say.ts';

/** What a page renders: hono's JSX has one type for it, and some components are asynchronous. */
export type Html = ReturnType<typeof jsx>;

/** A number with its unit, `—` where there is none: a gap must never be read as zero. */
export function number(value: number | null | undefined, unit = ''): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  const text =
    size >= 100
      ? sayCount(Math.round(value))
      : Number.isInteger(value) || size < 1e-4
        ? sayNumber(value)
        : String(Number(value.toPrecision(3)));
  return unit === '' ? text : `${text} ${unit}`;
}

/** A share 0..1 as `3.2 %`. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '—';
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** An amount with its currency (any word: `EUR`, `points`); cents only where they matter. */
export function money(value: number | null | undefined, currency: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
  const text = Number.isInteger(rounded) ? sayCount(rounded) : rounded.toFixed(2);
  return `${text} ${currency}`;
}

/** As `money`, with a sign: a difference. */
export function moneyDifference(value: number | null | undefined, currency: string): string {
  const text = money(value, currency);
  return value !== null && value !== undefined && value > 0 ? `+${text}` : text;
}

const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `3.2 s`, `4 min`, `5 h`, `12 d`: the largest unit that it fills. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '—';
  const [size, name] = units.find(([unitMs]) => Math.abs(ms) >= unitMs) ?? [1, 'ms'];
  const amount = ms / size;
  return `${Math.abs(amount) >= 10 ? Math.round(amount) : Math.round(amount * 10) / 10} ${name}`;
}

/** How long ago, for an age beside its instant. */
export function ago(instant: string | Date, now = new Date()): string {
  return duration(Math.max(0, now.getTime() - new Date(instant).getTime()));
}

/** `1 row`, `2,000 rows`. */
export function rows(count: number): string {
  return `${sayCount(count)} ${count === 1 ? 'row' : 'rows'}`;
}

export function many(count: number, one: string, several = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : several}`;
}

/** How many of the rows behind a figure have their label by now. */
export function coverage(labelled: number, all: number): string {
  if (all === 0) return 'no rows yet';
  return `${percent(labelled / all)} labelled (${sayCount(labelled)} of ${rows(all)})`;
}

/** `2026-11-21 14:03 UTC`, what a browser without script shows. */
export function utc(instant: string | Date): string {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/**
 * An instant. The server says UTC; the script turns the text into the reader's own zone and leaves UTC to the second in
 * the title.
 */
export function time(instant: string | Date | null | undefined): Html | string {
  if (instant === null || instant === undefined) return '—';
  const iso = new Date(instant).toISOString();
  return jsx('time', { datetime: iso, title: `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` }, utc(instant));
}

/** Path of a model's page; names hold letters, digits, `.`, `-` and `_`, but a path never trusts that. */
export function modelPath(name: string): string {
  return `/models/${encodeURIComponent(name)}`;
}

export function versionPath(name: string, version: number): string {
  return `${modelPath(name)}/versions/${version}`;
}

export function rolloutPath(name: string, version: number, attempt: number): string {
  return `${modelPath(name)}/rollouts/${version}/${attempt}`;
}

export function abTestPath(name: string, number: number): string {
  return `${modelPath(name)}/ab-tests/${number}`;
}

/** The page that traces one thing of a model. */
export function experimentsPath(name: string): string {
  return `${modelPath(name)}/experiments`;
}

export function experimentPath(name: string, number: number): string {
  return `${experimentsPath(name)}/${number}`;
}

export function trainingsPath(name: string): string {
  return `${modelPath(name)}/trainings`;
}

export function lineagePath(name: string, of: LineageName): string {
  return `${modelPath(name)}/lineage?of=${encodeURIComponent(formatLineageName(of))}`;
}

export function runPath(runId: string): string {
  return `/runs/view?id=${encodeURIComponent(runId)}`;
}
