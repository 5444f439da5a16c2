import type { VersionPage } from '../../db/pages/version.ts';
import { directionOf, metricNames, titleOf } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { Table, type Column } from '../table/table.tsx';
import { number } from '../words/format.ts';
import { unitOf } from '../words/quality.ts';

const slicesShownMax = 60;
const metricsShownMax = 4;

type Slice = NonNullable<VersionPage['report']['slices']>[number];

/** Quality of parts of the test, worst first by the first metric that all of them have. */
export function Slices({ page }: { readonly page: VersionPage }) {
  const slices = page.report.slices ?? [];
  const names = metricNames()
    .filter((name) => slices.some((slice) => slice.metrics[name] !== undefined))
    .slice(0, metricsShownMax);
  const first = names[0];
  return (
    <section class="panel" id="slices">
      <h2>Slices</h2>
      {slices.length === 0 ? (
        <p class="empty">
          No slice is declared. Name category or boolean inputs under `slices` in the definition to see quality by their
          values.
        </p>
      ) : (
        <>
          <p class="dim small">
            Parts of the test, {first === undefined ? 'largest' : `worst ${titleOf(first)}`} first. Fewer than 30 rows
            are counted and not judged.
          </p>
          <Table
            label="Slices"
            columns={columnsOf(page, names)}
            rows={worstFirst(slices, first).slice(0, slicesShownMax)}
            isSortable
          />
        </>
      )}
    </section>
  );
}

function worstFirst(slices: readonly Slice[], metric: MetricName | undefined): readonly Slice[] {
  const sign = metric === undefined ? 1 : directionOf(metric);
  const quality = ({ metrics }: Slice): number => sign * ((metric === undefined ? 0 : metrics[metric]) ?? Infinity);
  return slices.toSorted((a, b) => quality(a) - quality(b));
}

function columnsOf({ spec }: VersionPage, names: readonly MetricName[]): readonly Column<Slice>[] {
  return [
    { head: 'slice', cell: (slice) => `${slice.column} = ${slice.slice}`, isHeading: true },
    { head: 'test rows', cell: (slice) => number(slice.metrics.rows), isNumber: true },
    ...names.map((name) => ({
      head: titleOf(name),
      cell: ({ metrics }: Slice) =>
        number(metrics[name], unitOf(name, spec.value?.currency ?? null, spec.target.column)),
      isNumber: true,
    })),
  ];
}
