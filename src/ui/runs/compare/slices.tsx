import type { RunSide } from '../../../db/pages/compare.ts';
import { metricNames, titleOf } from '../../../domain/metrics/metrics.ts';
import { Table } from '../../table/table.tsx';
import { number } from '../../words/format.ts';

const slicesShownMax = 60;

/** Quality of parts of the two tests. */
export function Slices({ a, b }: { readonly a: RunSide; readonly b: RunSide }) {
  const [ofA, ofB] = [slicesOf(a), slicesOf(b)];
  const names = [...new Set([...ofB.keys(), ...ofA.keys()])].slice(0, slicesShownMax);
  const metric = metricNames().find((name) =>
    [...ofA.values(), ...ofB.values()].some((metrics) => metrics[name] !== undefined),
  );
  if (names.length === 0 || metric === undefined) return null;
  return (
    <section class="panel" id="slices">
      <h2>Slices</h2>
      <Table
        label="Slices"
        caption={`${titleOf(metric)} by slice of each test; fewer than 30 rows are not judged.`}
        rows={names}
        columns={[
          { head: 'slice', cell: (name) => name, isHeading: true },
          { head: 'A', cell: (name) => number(ofA.get(name)?.[metric]), isNumber: true },
          { head: 'rows', cell: (name) => number(ofA.get(name)?.rows), isNumber: true },
          { head: 'B', cell: (name) => number(ofB.get(name)?.[metric]), isNumber: true },
          { head: 'rows', cell: (name) => number(ofB.get(name)?.rows), isNumber: true },
        ]}
        isSortable
      />
    </section>
  );
}

function slicesOf({ report }: RunSide) {
  return new Map((report?.slices ?? []).map((slice) => [`${slice.column} = ${slice.slice}`, slice.metrics]));
}
