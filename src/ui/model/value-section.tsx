import { LineChart } from '../charts/line-chart.tsx';
import { coverage, money, moneyDifference, rows } from '../words/format.ts';
import type { SectionProps } from './section.ts';
import { isPartial } from './partial.ts';

/** Two-sided 95 %. */
const normalQuantile = 1.959964;

/** What the answers brought, against the first champion answering the same rows for ever. */
export function ValueSection({ view }: SectionProps) {
  const { currency } = view.outline;
  return (
    <section class="panel" id="value" aria-labelledby="value-title">
      <h2 id="value-title">Value against “never retrained”</h2>
      {currency === null ? (
        <p class="empty">
          This model declares no value. Say in its definition what each outcome is worth (
          <code>value: {'{ currency, truePositive, … }'}</code>) and apply it: from the next window on, money is counted
          here.
        </p>
      ) : view.value.value === null || view.value.firstValue === null ? (
        <p class="empty">
          Nothing to compare yet: labels of a closed window are needed. The label delay of this model says when they
          come.
        </p>
      ) : (
        <Compared view={view} currency={currency} value={view.value.value} firstValue={view.value.firstValue} />
      )}
    </section>
  );
}

interface ComparedProps extends Pick<SectionProps, 'view'> {
  readonly currency: string;
  readonly value: number;
  readonly firstValue: number;
}

function Compared({ view, currency, value, firstValue }: ComparedProps) {
  const { value: total } = view;
  const difference = value - firstValue;
  const say = (amount: number): string => moneyDifference(amount, currency);
  const half = total.differenceVariance === null ? null : normalQuantile * Math.sqrt(total.differenceVariance);
  const isSameVersion = total.firstVersion !== null && view.entry?.champion?.version === total.firstVersion;
  return (
    <>
      <p>
        <span class="figure">{say(difference)}</span>{' '}
        {half === null ? null : (
          <span class="dim">
            between {say(difference - half)} and {say(difference + half)} (95 %)
          </span>
        )}
        <br />
        <small class="dim">
          {money(value, currency)} by the answers that were given, {money(firstValue, currency)} had v
          {total.firstVersion} answered; windows {total.fromWindow}–{total.toWindow}, compared on{' '}
          {rows(total.comparedRows)}; {coverage(total.labelledRows, total.rows)}
        </small>
      </p>
      {isSameVersion ? (
        <p class="small">The first champion is still the champion, so most differences are nought.</p>
      ) : null}
      <CumulativeValue view={view} currency={currency} />
    </>
  );
}

function CumulativeValue({ view, currency }: Pick<ComparedProps, 'view' | 'currency'>) {
  let ours = 0;
  let first = 0;
  const points = view.windows.flatMap(({ number, quality }) => {
    if (quality === null || quality.value === null || quality.firstValue === null) return [];
    ours += quality.value;
    first += quality.firstValue;
    return [{ x: number, ours, first, isPartial: isPartial(quality) }];
  });
  return (
    <LineChart
      label={`Value added up over the windows of this page, ${currency}, on labelled rows`}
      series={[
        {
          name: 'answers given',
          points: points.map((point) => ({ x: point.x, y: point.ours, isHollow: point.isPartial })),
        },
        {
          name: 'never retrained',
          points: points.map((point) => ({ x: point.x, y: point.first })),
          isDashed: true,
          colour: 5,
        },
      ]}
      marks={championMarks(view)}
      yUnit={currency}
      xLabel="window"
      sayX={(x) => `window ${x}`}
      include={[0]}
    />
  );
}

/** Where the champion changed among the windows that are shown. */
export function championMarks(view: SectionProps['view']): readonly { readonly x: number; readonly label: string }[] {
  const marksMax = 8;
  return view.moves
    .flatMap((move) => {
      const window = view.windows.find((one) => one.closedAt >= move.movedAt);
      return window === undefined || move.toVersion === null || window === view.windows[0]
        ? []
        : [{ x: window.number, label: `v${move.toVersion}` }];
    })
    .slice(0, marksMax);
}
