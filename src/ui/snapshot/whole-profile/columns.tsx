import type { ColumnProfile, SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { Bars } from '../../charts/bars.tsx';
import { many, number, percent } from '../../words/format.ts';
import { instant } from '../../words/instant.ts';
import { Histogram } from '../histogram.tsx';

/** Columns that are drawn. */
const drawnMax = 100;

/** How each column looks. */
export function Columns({ profile }: { readonly profile: SnapshotProfile }) {
  const { columns, bounds } = profile;
  const leftOut = bounds.columnsLeftOut + Math.max(0, columns.length - drawnMax);
  return (
    <section class="panel" id="columns">
      <h2>Columns</h2>
      <p class="dim small">
        A histogram runs from the 1st to the 99th percentile; what lies beyond stands in its outer bars. Outliers lie
        more than three interquartile ranges from the quartiles.
        {leftOut === 0 ? '' : ` ${many(leftOut, 'more column')}: not drawn.`}
      </p>
      <div class="grid">
        {columns.slice(0, drawnMax).map((column) => (
          <Card column={column} profile={profile} />
        ))}
      </div>
    </section>
  );
}

const roleWords = {
  target: 'the target',
  feature: 'a feature',
  entity: 'whom the rows are about; values are not shown',
  eventTime: 'the event time',
  other: 'no feature',
} as const satisfies Record<ColumnProfile['role'], string>;

function Card({ column, profile }: { readonly column: ColumnProfile; readonly profile: SnapshotProfile }) {
  const { name, numbers, top, role, missing, distinct } = column;
  const all = profile.rows;
  const say = isInstant(column, profile) ? instant : (x: number): string => number(x);
  return (
    <div class="panel">
      <h3>{name}</h3>
      {numbers?.histogram == null ? null : (
        <Histogram name={name} histogram={{ ...numbers.histogram, everyNth: profile.sample.everyNth }} say={say} />
      )}
      {top === undefined ? null : (
        <Bars
          label={`Most frequent values of ${name}`}
          items={top.map(({ value, rows }) => ({
            label: value,
            value: rows,
            text: percent(all === 0 ? 0 : rows / all),
          }))}
        />
      )}
      <p class="small dim">
        {roleWords[role]}; {percent(all === 0 ? 0 : missing / all)} missing, {many(distinct, 'distinct value')}
      </p>
      {numbers === undefined ? null : <Figures numbers={numbers} say={say} all={all} />}
    </div>
  );
}

interface FiguresProps {
  readonly numbers: NonNullable<ColumnProfile['numbers']>;
  readonly say: (x: number) => string;
  readonly all: number;
}

function Figures({ numbers, say, all }: FiguresProps) {
  const { min, max, mean, quantiles, outliers } = numbers;
  const at = (share: number): string => {
    const found = quantiles.find((one) => one.share === share);
    return found === undefined ? '—' : say(found.value);
  };
  const beyond = outliers === null ? 0 : outliers.below + outliers.above;
  return (
    <p class="small">
      {say(min)} to {say(max)}, mean {say(mean)}; half of the rows from {at(0.25)} to {at(0.75)}, median {at(0.5)}
      {beyond === 0 || outliers === null
        ? ''
        : `; ${many(beyond, 'outlier')} (${percent(beyond / Math.max(1, all))}), ` +
          `beyond ${say(outliers.from)} and ${say(outliers.to)}`}
    </p>
  );
}

/** Epoch milliseconds are said as instants: the event time, and features that hold instants. */
function isInstant({ name, type }: ColumnProfile, { columns }: SnapshotProfile): boolean {
  return type === 'BIGINT' && columns.some((column) => column.name === name && column.role !== 'other');
}
