import { number } from '../words/format.ts';
import { LineData } from './line-data.tsx';
import { LineLegend } from './line-legend.tsx';
import { LinePlot } from './line-plot.tsx';
import { place, scaleOf, type Scale } from './scale.ts';
import type { LineChartProps } from './series.ts';

const plotHeightPx = 190;

/** Lines over one x, with a table of the same numbers behind `Data`. Gaps stay gaps; nothing is interpolated. */
export function LineChart(props: LineChartProps) {
  const { label, series, yUnit = '', xLabel, sayX = String, heightPx = plotHeightPx } = props;
  const isLogarithmic = props.isLogarithmic === true;
  const up = isLogarithmic ? Math.log10 : (y: number): number => y;
  const xs = [...new Set(series.flatMap((one) => one.points.map((point) => point.x)))].sort((a, b) => a - b);
  const [firstX, lastX] = [xs[0], xs.at(-1)];
  if (firstX === undefined || lastX === undefined) return <p class="empty">{label}: nothing to draw yet.</p>;
  const scale = scaleOfChart(props, up);
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <div class="plot">
        <YLabels scale={scale} unit={yUnit} isLogarithmic={isLogarithmic} />
        <LinePlot
          chart={props}
          scale={scale}
          heightPx={heightPx}
          spoken={spoken(props)}
          x={(value) => place(value, firstX, lastX)}
          y={(value) => 100 - place(up(value), scale.low, scale.high)}
        />
        <div class="xs">
          <span>{sayX(firstX)}</span>
          <span>{xLabel}</span>
          <span>{firstX === lastX ? '' : sayX(lastX)}</span>
        </div>
      </div>
      <LineLegend {...props} />
      <LineData series={series} xs={xs} sayX={sayX} xLabel={xLabel} unit={yUnit} />
    </figure>
  );
}

function scaleOfChart({ series, bands = [], threshold, include = [] }: LineChartProps, up: (y: number) => number) {
  const ys = [
    ...series.flatMap((one) => one.points.flatMap((point) => (point.y === null ? [] : [up(point.y)]))),
    ...bands.flatMap((band) => band.points.flatMap((point) => [up(point.low), up(point.high)])),
  ];
  return scaleOf(ys, [...include, ...(threshold === undefined ? [] : [threshold.value])].map(up));
}

interface YLabelsProps {
  readonly scale: Scale;
  readonly unit: string;
  readonly isLogarithmic: boolean;
}

function YLabels({ scale, unit, isLogarithmic }: YLabelsProps) {
  const top = scale.ticks.at(-1);
  return (
    <div class="ys" aria-hidden="true">
      {[...scale.ticks].reverse().map((tick) => (
        <span>{number(isLogarithmic ? 10 ** tick : tick, tick === top ? unit : '')}</span>
      ))}
    </div>
  );
}

/** One sentence for who does not see it: first, last, lowest and highest of each line. */
function spoken({ label, series, yUnit = '', threshold }: LineChartProps): string {
  const lines = series.map((one) => {
    const ys = one.points.flatMap((point) => (point.y === null ? [] : [point.y]));
    if (ys.length === 0) return `${one.name}: no values`;
    const [lowest, highest] = [number(Math.min(...ys), yUnit), number(Math.max(...ys), yUnit)];
    const course = `from ${number(ys[0], yUnit)} to ${number(ys.at(-1), yUnit)}`;
    return `${one.name}: ${course}, lowest ${lowest}, highest ${highest}`;
  });
  return `${label}. ${lines.join('; ')}${threshold === undefined ? '' : `; ${threshold.label}`}.`;
}
