import { Table } from '../table/table.tsx';
import { number } from '../words/format.ts';

export interface HeatMapProps {
  readonly label: string;
  readonly rows: readonly string[];
  /** Names of the columns, left to right. */
  readonly columns: readonly string[];
  /** Null where nothing was measured. */
  readonly value: (row: number, column: number) => number | null;
  /** Where an outline says "this counts as moved". */
  readonly hit?: (row: number, column: number) => boolean;
  /** The value of the darkest cell; half of it is the middle colour. */
  readonly scale: number;
  readonly unit?: string;
}

const rowPx = 18;
const levels = 5;

/** Rows × columns as colour; runs of one colour are one rectangle, so that 40 × 50 cells stay a small page. */
export function HeatMap({ label, rows, columns, value, hit = () => false, scale, unit = '' }: HeatMapProps) {
  const peaks = rows.map((_, r) => Math.max(...columns.map((_column, c) => value(r, c) ?? 0), 0));
  const hits = rows.map((_, r) => columns.filter((_column, c) => hit(r, c)).length);
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <div class="heat">
        <ol aria-hidden="true">
          {rows.map((row) => (
            <li title={row}>{row}</li>
          ))}
        </ol>
        <Cells {...{ label, rows, columns, value, hit, scale, unit }} />
        <div class="xs">
          <span>{columns[0]}</span>
          <span>{columns.length > 1 ? columns.at(-1) : ''}</span>
        </div>
      </div>
      <HeatLegend scale={scale} unit={unit} />
      <details class="data">
        <summary>Data</summary>
        <Table
          label="Data of the heat map"
          rows={rows.map((name, r) => ({ name, peak: peaks[r], last: value(r, columns.length - 1), hits: hits[r] }))}
          columns={[
            { head: 'row', cell: (row) => row.name },
            { head: 'highest', cell: (row) => number(row.peak, unit), isNumber: true },
            { head: 'last', cell: (row) => number(row.last, unit), isNumber: true },
            { head: 'moved in', cell: (row) => `${row.hits} of ${columns.length}`, isNumber: true },
          ]}
        />
      </details>
    </figure>
  );
}

function Cells({ label, rows, columns, value, hit, scale, unit }: Required<HeatMapProps>) {
  const width = 100 / Math.max(1, columns.length);
  return (
    <svg width="100%" height={rows.length * rowPx} role="img" aria-label={`${label}. The table below has the numbers.`}>
      {rows.map((row, r) => (
        <>
          {runsOf(columns.length, (c) => levelOf(value(r, c), scale)).map((run) => (
            <rect
              class={run.level === null ? 'hx' : `h${run.level}`}
              x={`${run.from * width}%`}
              width={`${run.length * width}%`}
              y={r * rowPx + 1}
              height={rowPx - 2}
            />
          ))}
          {columns.map((column, c) =>
            hit(r, c) ? (
              <rect class="hit" x={`${c * width}%`} width={`${width}%`} y={r * rowPx + 2} height={rowPx - 4}>
                <title>{`${row}, ${column}: ${number(value(r, c), unit)}, moved`}</title>
              </rect>
            ) : null,
          )}
        </>
      ))}
    </svg>
  );
}

function HeatLegend({ scale, unit }: { readonly scale: number; readonly unit: string }) {
  return (
    <ul class="legend">
      {Array.from({ length: levels + 1 }, (_, level) => (
        <li>
          <svg width="12" height="12" aria-hidden="true">
            <rect class={`h${level}`} width="12" height="12" rx="2" />
          </svg>
          {level === 0
            ? `below ${number(scale / levels / 2, unit)}`
            : level === levels
              ? `${number(scale, unit)} and more`
              : ''}
        </li>
      ))}
      <li>
        <svg width="12" height="12" aria-hidden="true">
          <rect class="hit" x="1" y="1" width="10" height="10" />
        </svg>
        outlined: counted as moved
      </li>
    </ul>
  );
}

/** 0 is "nothing to see", `levels` the scale and beyond. */
function levelOf(value: number | null, scale: number): number | null {
  if (value === null) return null;
  return Math.max(0, Math.min(levels, Math.round((value / scale) * levels)));
}

interface Run {
  readonly from: number;
  length: number;
  readonly level: number | null;
}

function runsOf(count: number, levelAt: (c: number) => number | null): readonly Run[] {
  const runs: Run[] = [];
  for (let c = 0; c < count; c++) {
    const level = levelAt(c);
    const last = runs.at(-1);
    if (last !== undefined && last.level === level) last.length++;
    else runs.push({ from: c, length: 1, level });
  }
  return runs;
}
