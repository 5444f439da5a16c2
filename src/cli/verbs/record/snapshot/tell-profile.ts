import type { SnapshotProfileAnswer } from '../../../../contracts/http/data/snapshot-profile.ts';
import { columns, figure, shortInstant } from '../../../../domain/words/columns.ts';
import { sayMany, sayShare } from '../../../../domain/words/say.ts';

const shownPairs = 10;

/** A profile as a terminal shows it. */
export function profileLines({ digest, model, profile }: SnapshotProfileAnswer): string[] {
  const { rows, sample, duplicates, leakage, missing, drift, time } = profile;
  const moved = drift.columns.filter(({ ends }) => ends.hasMoved).map(({ name }) => name);
  return [
    `${digest} of ${model}`,
    `  ${sayMany(rows, 'row')}; ${sayMany(sample.rows, 'row')} in the sample`,
    `  ${sayMany(duplicates.repeated, 'row')} repeat another one in every column`,
    ...(time === null
      ? []
      : [
          `  ${new Date(time.fromMs).toISOString()} to ${new Date(time.toMs).toISOString()}, ` +
            `${sayMany(time.gaps.length, 'gap')} by ${time.period}`,
        ]),
    ...missing.patterns.map(
      (pattern) => `  missing together in ${sayMany(pattern.rows, 'row')}: ${pattern.columns.join(', ')}`,
    ),
    `  moved from the first fifth to the last: ${moved.length === 0 ? 'none' : moved.join(', ')}`,
    ...leakage.map(({ kind, text }) => `  suspected of leakage (${kind}): ${text}`),
    '',
    ...columns([
      ['COLUMN', 'ROLE', 'MISSING', 'DISTINCT', 'MIN', 'MEDIAN', 'MAX', 'OUTLIERS', 'MOST FREQUENT'],
      ...profile.columns.map((column) => lineOf(column, rows)),
    ]),
    '',
    ...columns([
      ['PAIR', 'STRENGTH', 'BY'],
      ...profile.associations
        .slice(0, shownPairs)
        .map((pair) => [pair.columns.join(', '), figure(pair.strength), pair.measure]),
    ]),
  ];
}

function lineOf(column: SnapshotProfileAnswer['profile']['columns'][number], rows: number): string[] {
  const { name, type, role, missing, distinct, numbers, top } = column;
  const median = numbers?.quantiles.find(({ share }) => share === 0.5)?.value;
  // Epoch milliseconds are said as instants: the event time, and features that hold instants.
  const isInstant = type === 'BIGINT' && role !== 'other';
  const say = (value: number): string => (isInstant ? shortInstant(new Date(value).toISOString()) : figure(value));
  const said = (value: number | undefined): string => (value === undefined ? '' : say(value));
  const [most] = top ?? [];
  return [
    name,
    role,
    String(missing),
    String(distinct),
    said(numbers?.min),
    said(median),
    said(numbers?.max),
    numbers?.outliers == null ? '' : String(numbers.outliers.below + numbers.outliers.above),
    most === undefined ? '' : `${most.value} (${sayShare(rows === 0 ? 0 : most.rows / rows)})`,
  ];
}
