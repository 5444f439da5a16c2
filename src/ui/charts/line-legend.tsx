import type { LineChartProps } from './series.ts';

/** What each line, band and mark of a chart stands for. */
export function LineLegend({ series, bands = [], threshold }: LineChartProps) {
  const hasHollow = series.some((one) => one.points.some((point) => point.isHollow === true));
  return (
    <ul class="legend">
      {series.map((one, i) => (
        <li>
          <svg width="24" height="10" aria-hidden="true">
            <line
              class={`line s${one.colour ?? i % 6}${one.isDashed === true ? ' dashed' : ''}`}
              x1="1"
              x2="23"
              y1="5"
              y2="5"
            />
          </svg>
          {one.name}
        </li>
      ))}
      {hasHollow ? (
        <li>
          <svg width="12" height="12" aria-hidden="true">
            <circle class="dot s5 hollow" cx="6" cy="6" r="4" />
          </svg>
          hollow: labels still coming in
        </li>
      ) : null}
      {bands.map((band, i) => (
        <li>
          <svg width="24" height="10" aria-hidden="true">
            <rect class={`band f${band.colour ?? i % 6}`} width="24" height="10" />
          </svg>
          {band.name}
        </li>
      ))}
      {threshold === undefined ? null : (
        <li>
          <svg width="24" height="10" aria-hidden="true">
            <line class="threshold" x1="1" x2="23" y1="5" y2="5" />
          </svg>
          {threshold.label}
        </li>
      )}
    </ul>
  );
}
