import { number } from '../words/format.ts';
import { place, scaleOf } from './scale.ts';

export interface SparklineProps {
  readonly values: readonly (number | null)[];
  /** Drawn as a dashed line; the last value above it is said to be so. */
  readonly threshold?: number;
  /** What is drawn and over what, for who does not see it. */
  readonly label: string;
  readonly heightPx?: number;
}

/** A line as wide as its box, without axes; the sentence in `label` and the last value say what it shows. */
export function Sparkline({ values, threshold, label, heightPx = 28 }: SparklineProps) {
  const known = values.flatMap((value) => (value === null ? [] : [value]));
  const last = known.at(-1);
  if (last === undefined) return <span class="dim small">no values yet</span>;
  const scale = scaleOf(known, [0, ...(threshold === undefined ? [] : [threshold])]);
  const x = (i: number): number => place(i, 0, Math.max(1, values.length - 1));
  const y = (value: number): number => 96 - 0.92 * place(value, scale.low, scale.high);
  let path = '';
  values.forEach((value, i) => {
    if (value !== null) path += `${i === 0 || values[i - 1] === null || path === '' ? 'M' : 'L'}${x(i)} ${y(value)}`;
  });
  const limit = threshold === undefined ? '' : `, limit ${number(threshold)}`;
  const words = `${label}: last ${number(last)}, highest ${number(Math.max(...known))}${limit}`;
  return (
    <span class="spark">
      <svg height={heightPx} width="100%" role="img" aria-label={words}>
        <title>{words}</title>
        <svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">
          {threshold === undefined ? null : <path class="threshold" d={`M0 ${y(threshold)}H100`} />}
          <path class="line s0" d={path} />
        </svg>
        <circle
          class="dot s0 f0"
          cx={`${place(values.lastIndexOf(last), 0, Math.max(1, values.length - 1))}%`}
          cy={`${y(last)}%`}
          r="2"
        />
      </svg>
    </span>
  );
}
