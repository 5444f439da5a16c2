import { bandPath, linePath, type Placing } from './line-paths.ts';
import { place, type Scale } from './scale.ts';
import type { LineChartProps, Series } from './series.ts';

/** Points drawn with a dot each; more of them would be a caterpillar. */
const dotsMax = 120;

export interface LinePlotProps extends Placing {
  readonly chart: LineChartProps;
  readonly scale: Scale;
  readonly heightPx: number;
  /** What a screen reader hears. */
  readonly spoken: string;
}

/** The drawing itself: grid, bands, lines, dots and marks. */
export function LinePlot({ chart, scale, heightPx, spoken, x, y }: LinePlotProps) {
  const { series, bands = [], marks = [], threshold } = chart;
  return (
    <svg width="100%" height={heightPx} role="img" aria-label={spoken}>
      <Grid scale={scale} />
      {marks.map((mark) => (
        <line class="mark" x1={`${x(mark.x)}%`} x2={`${x(mark.x)}%`} y1="0%" y2="100%" />
      ))}
      <svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">
        {bands.map((band, i) => (
          <path class={`band f${band.colour ?? i % 6}`} d={bandPath(band.points, x, y)} />
        ))}
        {series.map((one, i) => (
          <path
            class={`line s${one.colour ?? i % 6}${one.isDashed === true ? ' dashed' : ''}`}
            d={linePath(one.points, x, y)}
          />
        ))}
        {threshold === undefined ? null : <path class="threshold" d={`M0 ${y(threshold.value)}H100`} />}
      </svg>
      {series.map((one, i) =>
        one.points.length > dotsMax || one.isDashed === true ? null : (
          <Dots series={one} colour={one.colour ?? i % 6} x={x} y={y} />
        ),
      )}
      {marks.map((mark, i) => (
        // To the left of its line where the right edge would cut it.
        <text
          x={`${x(mark.x)}%`}
          y={12 + 13 * (i % 2)}
          dx={x(mark.x) > 75 ? -3 : 3}
          text-anchor={x(mark.x) > 75 ? 'end' : 'start'}
        >
          {mark.label}
        </text>
      ))}
    </svg>
  );
}

function Grid({ scale }: { readonly scale: Scale }) {
  return (
    <>
      {scale.ticks.map((tick) => {
        const y = `${100 - place(tick, scale.low, scale.high)}%`;
        return <line class="gridline" x1="0%" x2="100%" y1={y} y2={y} />;
      })}
    </>
  );
}

function Dots({ series, colour, x, y }: Placing & { readonly series: Series; readonly colour: number }) {
  return (
    <>
      {series.points.map((point) =>
        point.y === null ? null : (
          <circle
            class={`dot s${colour} ${point.isHollow === true ? 'hollow' : `f${colour}`}`}
            cx={`${x(point.x)}%`}
            cy={`${y(point.y)}%`}
            r="3"
          />
        ),
      )}
    </>
  );
}
