import { Table } from '../table/table.tsx';
import { number } from '../words/format.ts';
import type { Series } from './series.ts';

export interface LineDataProps {
  readonly series: readonly Series[];
  readonly xs: readonly number[];
  readonly sayX: (x: number) => string;
  readonly xLabel: string;
  readonly unit: string;
}

/** The numbers of a chart, for whoever wants them exactly. */
export function LineData({ series, xs, sayX, xLabel, unit }: LineDataProps) {
  const columns = series.map(({ name, points }) => {
    const pointAt = new Map(points.map((point) => [point.x, point]));
    return {
      head: name,
      cell: (x: number) => `${number(pointAt.get(x)?.y, unit)}${pointAt.get(x)?.isHollow === true ? ' (partial)' : ''}`,
      isNumber: true,
    };
  });
  return (
    <details class="data">
      <summary>Data</summary>
      <Table label="Data of the chart" rows={xs} columns={[{ head: xLabel, cell: sayX }, ...columns]} />
    </details>
  );
}
