import type { TrialView } from '../../../contracts/http/trials.ts';
import { axesOf, type Axis } from './axes.ts';

const widthPx = 1040;
const heightPx = 220;
const headPx = 34;
const sidePx = 72;
const bestShown = 0.2;

/** Each trial as a line over its settings, with its loss on the last axis; the best fifth in colour, drawn last. */
export function ParallelPlot({ family, trials }: { readonly family: string; readonly trials: readonly TrialView[] }) {
  const known = trials.flatMap((trial) => (trial.loss === null ? [] : [{ ...trial, loss: trial.loss }]));
  const settings = axesOf(known);
  if (known.length < 2 || settings.length === 0) return null;
  const lossAxis = axesOf(known.map(({ loss }) => ({ settings: { loss } }))).map((axis) => ({ ...axis, name: 'loss' }));
  const axes = [...settings, ...lossAxis];
  const byLoss = known.toSorted((a, b) => b.loss - a.loss);
  const good = Math.max(1, Math.ceil(bestShown * known.length));
  const best = byLoss.at(-1);
  const words = `${family}: ${known.length} trials over ${settings.map(({ name }) => name).join(', ')} and their loss`;
  return (
    <figure class="chart">
      <figcaption>Settings and loss of each trial; the best fifth in colour</figcaption>
      <svg viewBox={`0 0 ${widthPx} ${heightPx}`} width="100%" role="img" aria-label={words}>
        {axes.map((axis, at) => (
          <AxisLine axis={axis} x={xOf(at, axes.length)} />
        ))}
        {byLoss.map((trial, at) => (
          <polyline
            class={at >= byLoss.length - good ? 'line s0' : 'line faint'}
            points={axes
              .map((axis, place) => {
                const value = place < settings.length ? trial.settings[axis.name] : trial.loss;
                return `${xOf(place, axes.length)},${yOf(axis.place(value))}`;
              })
              .join(' ')}
          >
            <title>{titleOf(trial, trial === best)}</title>
          </polyline>
        ))}
      </svg>
    </figure>
  );
}

function titleOf({ number, loss }: { readonly number: number; readonly loss: number }, isBest: boolean): string {
  return `trial ${number}, loss ${loss.toPrecision(4)}${isBest ? ', the best' : ''}`;
}

function AxisLine({ axis: { name, low, high }, x }: { readonly axis: Axis; readonly x: number }) {
  return (
    <>
      <line class="axis" x1={x} x2={x} y1={yOf(1)} y2={yOf(0)} />
      <text class="tick" x={x} y={12} text-anchor="middle">
        {name}
      </text>
      <text class="tick" x={x} y={headPx - 6} text-anchor="middle">
        {high}
      </text>
      <text class="tick" x={x} y={heightPx - 4} text-anchor="middle">
        {low}
      </text>
    </>
  );
}

function xOf(at: number, count: number): number {
  return Math.round(sidePx + (at * (widthPx - 2 * sidePx)) / Math.max(1, count - 1));
}

function yOf(place: number): number {
  return Math.round((headPx + (1 - place) * (heightPx - headPx - 18)) * 10) / 10;
}
