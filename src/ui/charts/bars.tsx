import { number, percent } from '../words/format.ts';
import { place } from './scale.ts';

export interface TrafficBarProps {
  readonly parts: readonly { readonly name: string; readonly share: number; readonly colour?: number }[];
  readonly label?: string;
}

/** Who answers how much: one bar, its parts named below it. */
export function TrafficBar({ parts, label = 'Traffic by arm' }: TrafficBarProps) {
  const words = parts.map((part) => `${part.name} ${percent(part.share)}`).join(', ');
  let from = 0;
  const placed = parts.map((part, i) => {
    const at = from;
    from += part.share * 100;
    return { ...part, at, colour: part.colour ?? i % 6 };
  });
  return (
    <div class="chart">
      <svg class="traffic" width="100%" height="12" role="img" aria-label={`${label}: ${words}`}>
        <rect class="track" width="100%" height="12" />
        {placed.map((part) => (
          <rect class={`f${part.colour}`} x={`${part.at}%`} width={`${part.share * 100}%`} height="12" />
        ))}
      </svg>
      <ul class="legend">
        {placed.map((part) => (
          <li>
            <svg width="10" height="10" aria-hidden="true">
              <rect class={`f${part.colour}`} width="10" height="10" rx="2" />
            </svg>
            {part.name} {percent(part.share)}
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface BarsProps {
  readonly label: string;
  readonly items: readonly {
    readonly label: string;
    readonly value: number;
    readonly text?: string;
    readonly href?: string;
  }[];
  readonly unit?: string;
  /** What fills a bar; the largest of them unless said. */
  readonly full?: number;
}

/** Named amounts beside each other; negative ones in the second colour. */
export function Bars({ label, items, unit = '', full }: BarsProps) {
  const max = full ?? Math.max(...items.map((item) => Math.abs(item.value)), 0);
  return (
    <div class="bars" role="group" aria-label={label}>
      {items.map((item) => (
        <>
          <span class="label">{item.href === undefined ? item.label : <a href={item.href}>{item.label}</a>}</span>
          <svg width="100%" height="12" aria-hidden="true">
            <rect class="track" width="100%" height="12" rx="3" />
            <rect
              class={item.value < 0 ? 'f1' : 'f0'}
              width={`${max === 0 ? 0 : (100 * Math.abs(item.value)) / max}%`}
              height="12"
              rx="3"
            />
          </svg>
          <span>{item.text ?? number(item.value, unit)}</span>
        </>
      ))}
    </div>
  );
}

export interface IntervalProps {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
  /** Where "no difference" (or a margin) lies. */
  readonly zero?: number;
  /** Range of the axis; by default the interval and zero with some room. */
  readonly range?: readonly [low: number, high: number];
  readonly label: string;
  readonly unit?: string;
}

/** An estimate with its interval on a line, and whether zero is inside. The numbers stand beside it as text. */
export function Interval({ low, estimate, high, zero, range, label, unit = '' }: IntervalProps) {
  const values = [low, estimate, high, ...(zero === undefined ? [] : [zero])];
  const room = (Math.max(...values) - Math.min(...values)) * 0.1 || 1;
  const [from, to] = range ?? [Math.min(...values) - room, Math.max(...values) + room];
  const x = (value: number): string => `${place(value, from, to)}%`;
  const words = `${label}: ${number(estimate, unit)}, between ${number(low, unit)} and ${number(high, unit)}`;
  return (
    <svg width="100%" height="18" role="img" aria-label={words}>
      <title>{words}</title>
      <line class="gridline" x1="0" x2="100%" y1="9" y2="9" />
      {zero === undefined ? null : <line class="axis" x1={x(zero)} x2={x(zero)} y1="1" y2="17" />}
      <line class="line s0" x1={x(low)} x2={x(high)} y1="9" y2="9" />
      <circle class="dot s0 f0" cx={x(estimate)} cy="9" r="4" />
    </svg>
  );
}
