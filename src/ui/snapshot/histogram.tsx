import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import { percent } from '../words/format.ts';

const heightPx = 56;

export interface HistogramProps {
  readonly name: string;
  readonly histogram: NonNullable<ColumnSummary['histogram']>;
  /** How a value of this column is said. */
  readonly say: (x: number) => string;
}

/** Shares of rows in equal steps; the sentence names where most of them lie. */
export function Histogram({ name, histogram, say }: HistogramProps) {
  const { from, to, rows } = histogram;
  const total = rows.reduce((sum, count) => sum + count, 0);
  const max = Math.max(...rows, 1);
  const pitch = 100 / Math.max(1, rows.length);
  const edge = (step: number) => say(from + ((to - from) * step) / rows.length);
  const fullest = rows.indexOf(Math.max(...rows));
  const share = percent(total === 0 ? 0 : (rows[fullest] ?? 0) / total);
  const words = `${name}: most rows, ${share}, lie between ${edge(fullest)} and ${edge(fullest + 1)}`;
  return (
    <figure class="chart">
      <svg width="100%" height={heightPx + 2} role="img" aria-label={words}>
        <title>{words}</title>
        {rows.map((count, step) => (
          <rect
            class="f0"
            x={`${step * pitch + pitch * 0.06}%`}
            width={`${pitch * 0.88}%`}
            y={heightPx - (count / max) * heightPx}
            height={(count / max) * heightPx}
          />
        ))}
        <line class="axis" x1="0" x2="100%" y1={heightPx + 0.5} y2={heightPx + 0.5} />
      </svg>
      <div class="row spread small dim">
        <span>{say(from)}</span>
        <span>{say(to)}</span>
      </div>
    </figure>
  );
}
