import { Table } from '../table/table.tsx';
import { percent } from '../words/format.ts';

export interface HistogramPairProps {
  readonly label: string;
  /** Shares 0..1 of the rows, in the order of the cells. */
  readonly cells: readonly { readonly label: string; readonly reference: number; readonly current: number }[];
  readonly referenceName?: string;
  readonly currentName?: string;
}

const heightPx = 96;

/** Two distributions over the same cells beside each other; the table behind it has the shares. */
export function HistogramPair({
  label,
  cells,
  referenceName = 'when trained',
  currentName = 'now',
}: HistogramPairProps) {
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <svg
        width="100%"
        height={heightPx + 4}
        role="img"
        aria-label={`${label}. ${spoken(cells, referenceName, currentName)}`}
      >
        <PairBars {...{ cells, referenceName, currentName }} />
        <line class="axis" x1="0" x2="100%" y1={heightPx + 0.5} y2={heightPx + 0.5} />
      </svg>
      <div class="row spread small dim">
        <span>{cells[0]?.label}</span>
        <span>{cells.length > 1 ? cells.at(-1)?.label : ''}</span>
      </div>
      <details class="data">
        <summary>Data</summary>
        <Table
          label="Data of the histogram"
          rows={cells}
          columns={[
            { head: 'cell', cell: (cell) => cell.label },
            { head: referenceName, cell: (cell) => percent(cell.reference), isNumber: true },
            { head: currentName, cell: (cell) => percent(cell.current), isNumber: true },
          ]}
        />
      </details>
    </figure>
  );
}

type PairBarsProps = Required<Omit<HistogramPairProps, 'label'>>;

function PairBars({ cells, referenceName, currentName }: PairBarsProps) {
  const max = Math.max(...cells.map((cell) => Math.max(cell.reference, cell.current)), 1e-9);
  const pitch = 100 / Math.max(1, cells.length);
  const bar = (share: number): number => (share / max) * heightPx;
  const sayCell = ({ label: name, reference, current }: (typeof cells)[number]): string =>
    `${name}: ${percent(reference)} ${referenceName}, ${percent(current)} ${currentName}`;
  return (
    <>
      {cells.map((cell, i) => (
        <>
          <rect
            class="reference-bar"
            x={`${i * pitch + pitch * 0.1}%`}
            width={`${pitch * 0.38}%`}
            y={heightPx - bar(cell.reference)}
            height={bar(cell.reference)}
          />
          <rect
            class="current-bar"
            x={`${i * pitch + pitch * 0.52}%`}
            width={`${pitch * 0.38}%`}
            y={heightPx - bar(cell.current)}
            height={bar(cell.current)}
          >
            <title>{sayCell(cell)}</title>
          </rect>
        </>
      ))}
    </>
  );
}

/** The colours of a histogram pair, once per group of them. */
export function HistogramLegend({
  referenceName = 'when trained',
  currentName = 'now',
}: {
  readonly referenceName?: string;
  readonly currentName?: string;
}) {
  return (
    <ul class="legend">
      <li>
        <svg width="10" height="10" aria-hidden="true">
          <rect class="reference-bar" width="10" height="10" />
        </svg>
        {referenceName}
      </li>
      <li>
        <svg width="10" height="10" aria-hidden="true">
          <rect class="current-bar" width="10" height="10" />
        </svg>
        {currentName}
      </li>
    </ul>
  );
}

function spoken(cells: HistogramPairProps['cells'], referenceName: string, currentName: string): string {
  const moved = [...cells].sort((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))[0];
  if (moved === undefined) return 'No cells';
  const { label, reference, current } = moved;
  return `Moved most: ${label}, ${percent(reference)} of rows ${referenceName}, ${percent(current)} ${currentName}`;
}
