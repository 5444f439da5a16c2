import { number } from '../format.ts';
import { place, scaleOf, type Scale } from './scale.ts';

export interface Point {
  readonly x: number;
  /** Null is a gap. */
  readonly y: number | null;
  /** `hollow`: the figure rests on part of what it should rest on. */
  readonly hollow?: boolean;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
  /** Which of the six colours; by default its place among the series. */
  readonly colour?: number;
}

export interface LineChartProps {
  /** What is shown, with unit and where it comes from: the caption, and what a screen reader hears. */
  readonly label: string;
  readonly series: readonly Series[];
  readonly bands?: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly low: number; readonly high: number }[];
    readonly colour?: number;
  }[];
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  readonly threshold?: { readonly value: number; readonly label: string };
  readonly yUnit?: string;
  readonly xLabel: string;
  /** How an x is said (`window 12`); by default its number. */
  readonly sayX?: (x: number) => string;
  readonly heightPx?: number;
  /** Values that the y axis must hold, `0` for amounts. */
  readonly include?: readonly number[];
  /** Base ten: for evidence that multiplies. Values must be above zero. */
  readonly logarithmic?: boolean;
}

const plotHeightPx = 190;
/** Points drawn with a dot each; more of them would be a caterpillar. */
const dotsMax = 120;

/** Lines over one x, with a table of the same numbers behind `Data`. Gaps stay gaps; nothing is interpolated. */
export function LineChart(props: LineChartProps) {
  const {
    label,
    series,
    bands = [],
    marks = [],
    threshold,
    yUnit = '',
    xLabel,
    sayX = String,
    heightPx = plotHeightPx,
    include = [],
  } = props;
  const xs = [...new Set(series.flatMap((one) => one.points.map((point) => point.x)))].sort((a, b) => a - b);
  const firstX = xs[0];
  const lastX = xs.at(-1);
  if (firstX === undefined || lastX === undefined) return <p class="empty">{label}: nothing to draw yet.</p>;
  const up = props.logarithmic === true ? Math.log10 : (y: number): number => y;
  const ys = [
    ...series.flatMap((one) => one.points.flatMap((point) => (point.y === null ? [] : [up(point.y)]))),
    ...bands.flatMap((band) => band.points.flatMap((point) => [up(point.low), up(point.high)])),
  ];
  const scale = scaleOf(ys, [...include, ...(threshold === undefined ? [] : [threshold.value])].map(up));
  const x = (value: number): number => place(value, firstX, lastX);
  const y = (value: number): number => 100 - place(up(value), scale.low, scale.high);
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <div class="plot">
        <YLabels scale={scale} unit={yUnit} logarithmic={props.logarithmic === true} />
        <svg width="100%" height={heightPx} role="img" aria-label={spoken(props)}>
          {scale.ticks.map((tick) => (
            <line
              class="gridline"
              x1="0%"
              x2="100%"
              y1={`${100 - place(tick, scale.low, scale.high)}%`}
              y2={`${100 - place(tick, scale.low, scale.high)}%`}
            />
          ))}
          {marks.map((mark) => (
            <line class="mark" x1={`${x(mark.x)}%`} x2={`${x(mark.x)}%`} y1="0%" y2="100%" />
          ))}
          <svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">
            {bands.map((band, i) => (
              <path class={`band f${band.colour ?? i % 6}`} d={bandPath(band.points, x, y)} />
            ))}
            {series.map((one, i) => (
              <path
                class={`line s${one.colour ?? i % 6}${one.dashed === true ? ' dashed' : ''}`}
                d={linePath(one.points, x, y)}
              />
            ))}
            {threshold === undefined ? null : <path class="threshold" d={`M0 ${y(threshold.value)}H100`} />}
          </svg>
          {series.map((one, i) =>
            one.points.length > dotsMax || one.dashed === true ? null : (
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
        <div class="xs">
          <span>{sayX(firstX)}</span>
          <span>{xLabel}</span>
          <span>{firstX === lastX ? '' : sayX(lastX)}</span>
        </div>
      </div>
      <Legend {...props} />
      <DataTable series={series} xs={xs} sayX={sayX} xLabel={xLabel} unit={yUnit} />
    </figure>
  );
}

function YLabels({
  scale,
  unit,
  logarithmic,
}: {
  readonly scale: Scale;
  readonly unit: string;
  readonly logarithmic: boolean;
}) {
  const top = scale.ticks.at(-1);
  return (
    <div class="ys" aria-hidden="true">
      {[...scale.ticks].reverse().map((tick) => (
        <span>{number(logarithmic ? 10 ** tick : tick, tick === top ? unit : '')}</span>
      ))}
    </div>
  );
}

interface Placing {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function Dots({ series, colour, x, y }: Placing & { readonly series: Series; readonly colour: number }) {
  return (
    <>
      {series.points.map((point) =>
        point.y === null ? null : (
          <circle
            class={`dot s${colour} ${point.hollow === true ? 'hollow' : `f${colour}`}`}
            cx={`${x(point.x)}%`}
            cy={`${y(point.y)}%`}
            r="3"
          />
        ),
      )}
    </>
  );
}

function Legend({ series, bands = [], threshold }: LineChartProps) {
  const hasHollow = series.some((one) => one.points.some((point) => point.hollow === true));
  return (
    <ul class="legend">
      {series.map((one, i) => (
        <li>
          <svg width="24" height="10" aria-hidden="true">
            <line
              class={`line s${one.colour ?? i % 6}${one.dashed === true ? ' dashed' : ''}`}
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

interface DataProps {
  readonly series: readonly Series[];
  readonly xs: readonly number[];
  readonly sayX: (x: number) => string;
  readonly xLabel: string;
  readonly unit: string;
}

function DataTable({ series, xs, sayX, xLabel, unit }: DataProps) {
  const columns = series.map((one) => new Map(one.points.map((point) => [point.x, point])));
  return (
    <details class="data">
      <summary>Data</summary>
      <div class="scroll" tabindex={0} role="group" aria-label="Data of the chart">
        <table>
          <thead>
            <tr>
              <th>{xLabel}</th>
              {series.map((one) => (
                <th class="num">{one.name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {xs.map((x) => (
              <tr>
                <td>{sayX(x)}</td>
                {columns.map((column) => (
                  <td class="num">
                    {number(column.get(x)?.y, unit)}
                    {column.get(x)?.hollow === true ? ' (partial)' : ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function linePath(points: readonly Point[], x: Placing['x'], y: Placing['y']): string {
  let path = '';
  let isOpen = false;
  for (const point of points) {
    if (point.y === null) {
      isOpen = false;
      continue;
    }
    path += `${isOpen ? 'L' : 'M'}${x(point.x)} ${y(point.y)}`;
    isOpen = true;
  }
  return path;
}

function bandPath(
  points: readonly { readonly x: number; readonly low: number; readonly high: number }[],
  x: Placing['x'],
  y: Placing['y'],
): string {
  if (points.length === 0) return '';
  const over = points.map((point) => `${x(point.x)} ${y(point.high)}`);
  const under = [...points].reverse().map((point) => `${x(point.x)} ${y(point.low)}`);
  return `M${[...over, ...under].join('L')}Z`;
}

/** One sentence for who does not see it: first, last, lowest and highest of each line. */
function spoken({ label, series, yUnit = '', threshold }: LineChartProps): string {
  const lines = series.map((one) => {
    const ys = one.points.flatMap((point) => (point.y === null ? [] : [point.y]));
    if (ys.length === 0) return `${one.name}: no values`;
    return (
      `${one.name}: from ${number(ys[0], yUnit)} to ${number(ys.at(-1), yUnit)}, lowest ` +
      `${number(Math.min(...ys), yUnit)}, highest ${number(Math.max(...ys), yUnit)}`
    );
  });
  return `${label}. ${lines.join('; ')}${threshold === undefined ? '' : `; ${threshold.label}`}.`;
}
