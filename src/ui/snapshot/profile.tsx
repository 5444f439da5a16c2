import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import { Bars } from '../charts/bars.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { many, number, percent, rows } from '../words/format.ts';
import { instant } from '../words/instant.ts';
import { Histogram } from './histogram.tsx';

/** Columns that are drawn on one page; the others are a link away. */
const columnsPerPage = 48;

/** How each column looks. */
export function Profile({ call, page }: { readonly call: PageCall; readonly page: SnapshotPage }) {
  const { profile } = page.manifest;
  const asked = Number(call.query('from') ?? 0);
  const from = Number.isInteger(asked) && asked >= 0 && asked < profile.length ? asked : 0;
  const shown = profile.slice(from, from + columnsPerPage);
  const { rows: all } = page.manifest;
  const seen = profile[0]?.rows ?? all;
  return (
    <section class="panel" id="profile">
      <h2>Profile</h2>
      <p>
        <a href={`/snapshots/${page.digest}/profile`}>Look closer</a>: quantiles, what is missing and what goes
        together, time, drift, outliers and leakage, with all that this snapshot continues.
      </p>
      <p class="dim small">
        Over {seen === all ? `all ${rows(all)} that were` : `the newest ${rows(seen)} of ${number(all)}`} accepted; a
        histogram runs from the 1st to the 99th percentile of {sampled(page)}, what lies beyond stands in its first and
        last bar.
      </p>
      <div class="grid">
        {shown.map((column) => (
          <Column page={page} column={column} />
        ))}
      </div>
      {profile.length <= columnsPerPage ? null : <Pager page={page} from={from} shown={shown.length} />}
    </section>
  );
}

interface PagerProps {
  readonly page: SnapshotPage;
  readonly from: number;
  readonly shown: number;
}

function Pager({ page, from, shown }: PagerProps) {
  const count = page.manifest.profile.length;
  return (
    <nav class="pages" aria-label="Columns">
      {from === 0 ? null : (
        <a href={`/snapshots/${page.digest}?from=${Math.max(0, from - columnsPerPage)}#profile`}>← earlier columns</a>
      )}
      <span class="dim">
        {from + 1} to {from + shown} of {many(count, 'column')}
      </span>
      {from + columnsPerPage >= count ? null : (
        <a href={`/snapshots/${page.digest}?from=${from + columnsPerPage}#profile`}>more columns →</a>
      )}
    </nav>
  );
}

function sampled(page: SnapshotPage): string {
  const everyNth = page.manifest.profile.find((column) => column.histogram !== undefined)?.histogram?.everyNth ?? 1;
  return everyNth === 1 ? 'all rows' : `every ${number(everyNth)}th row`;
}

function Column({ page, column }: { readonly page: SnapshotPage; readonly column: ColumnSummary }) {
  const isEntity = column.name === page.entityColumn;
  const say = page.timeColumns.includes(column.name) ? instant : (x: number): string => number(x);
  const missing = column.rows === 0 ? 0 : column.missing / column.rows;
  return (
    <div class="panel">
      <h3>{column.name}</h3>
      {column.histogram === undefined || isEntity ? null : (
        <Histogram name={column.name} histogram={column.histogram} say={say} />
      )}
      {column.top === undefined || isEntity ? null : (
        <Bars
          label={`Most frequent values of ${column.name}`}
          items={column.top.slice(0, 5).map((entry) => ({
            label: entry.value,
            value: entry.rows,
            text: percent(column.rows === 0 ? 0 : entry.rows / column.rows),
          }))}
        />
      )}
      <p class="small dim">
        {column.min === undefined || column.max === undefined || isEntity
          ? ''
          : `${say(column.min)} to ${say(column.max)}, mean ${column.mean === undefined ? '—' : say(column.mean)}; `}
        {isEntity ? 'Whom the rows are about; values are not shown. ' : ''}
        {percent(missing)} missing, {many(column.distinct, 'distinct value')}
      </p>
    </div>
  );
}
