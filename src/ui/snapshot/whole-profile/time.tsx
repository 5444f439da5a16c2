import type { TimeCoverage, SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { Table, type Column } from '../../table/table.tsx';
import { many } from '../../words/format.ts';
import { instant } from '../../words/instant.ts';
import { Histogram } from '../histogram.tsx';

const columns: readonly Column<TimeCoverage['gaps'][number]>[] = [
  { head: 'from', cell: (gap) => instant(gap.fromMs), isHeading: true },
  { head: 'to', cell: (gap) => instant(gap.toMs) },
  { head: 'periods', cell: (gap) => String(gap.periods), isNumber: true },
];

/** Rows per period, and where there are none. */
export function Time({ profile: { time } }: { readonly profile: SnapshotProfile }) {
  if (time === null) return null;
  const { column, period, periods, gaps, fromMs, toMs } = time;
  return (
    <section class="panel" id="time">
      <h2>Time</h2>
      <p class="dim small">
        Rows by {period} of <code>{column}</code>, from {instant(fromMs)} to {instant(toMs)}.
      </p>
      <Histogram
        name={`rows by ${period}`}
        histogram={{
          from: periods[0]?.startMs ?? fromMs,
          to: Math.max(toMs, periods.at(-1)?.startMs ?? toMs),
          everyNth: 1,
          rows: periods.map(({ rows }) => rows),
        }}
        say={instant}
      />
      {gaps.length === 0 ? (
        <p>Every {period} has a row.</p>
      ) : (
        <Table label="Periods without a row" columns={columns} rows={gaps} caption={`${many(gaps.length, 'gap')}.`} />
      )}
    </section>
  );
}
