import { sliceWords } from '../../../domain/watch/slices/say-slice.ts';
import { HeatMap } from '../../charts/heat-map.tsx';
import { Table } from '../../table/table.tsx';
import { number, percent, rows } from '../../words/format.ts';
import { State } from '../../words/state.tsx';
import type { SectionProps } from '../section.ts';
import { windowEvidence, type WindowEvidence } from '../window-evidence.ts';

type Judged = NonNullable<WindowEvidence['slices']> & { readonly number: number };

/** The declared slices in the last window that is shown, and how their loss rose over all of them. */
export function Slices({ view }: Pick<SectionProps, 'view'>) {
  const judged = view.windows
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ number: window, evidence }): readonly Judged[] => {
      const slices = windowEvidence(evidence)?.slices ?? null;
      return slices === null ? [] : [{ ...slices, number: window }];
    });
  const latest = judged.at(-1);
  if (latest === undefined) return null;
  return (
    <section class="panel" id="slices" aria-labelledby="slices-title">
      <h2 id="slices-title">Slices</h2>
      <p>
        Window {latest.number}: {latest.text}
      </p>
      <Table
        label="slices of the window"
        caption={
          'Counted in this window; quality on the latest mature labelled rows of the slice, with a 95 % interval ' +
          'where the rows can say.'
        }
        rows={latest.slices}
        columns={[
          { head: 'Slice', cell: ({ name }) => name, isHeading: true },
          { head: 'rows', cell: (slice) => `${rows(slice.rows)} (${percent(slice.rowShare)})`, isNumber: true },
          { head: 'failed', cell: ({ failed }) => String(failed), isNumber: true },
          { head: 'missing', cell: ({ missingShare }) => share(missingShare), isNumber: true },
          { head: 'unseen', cell: ({ unseenShare }) => share(unseenShare), isNumber: true },
          { head: 'mean score', cell: ({ scoreMean }) => number(scoreMean), isNumber: true },
          { head: 'confidence', cell: ({ confidenceMean }) => number(confidenceMean), isNumber: true },
          { head: 'latency', cell: ({ latencyMeanMs }) => number(latencyMeanMs, 'ms'), isNumber: true },
          { head: latest.slices[0]?.quality.metric ?? 'loss', cell: ({ quality }) => sayQuality(quality) },
          {
            head: 'decay',
            cell: ({ decay }) =>
              decay === null ? 'not judged' : <State of={decay.verdict} text={sliceWords(decay.verdict)} />,
          },
        ]}
      />
      <Rises windows={judged} />
    </section>
  );
}

function share(value: number | null): string {
  return value === null ? '—' : percent(value);
}

function sayQuality({ labelledRows, value, interval }: Judged['slices'][number]['quality']): string {
  if (value === null) return `not enough (${rows(labelledRows)})`;
  const between = interval === null ? '' : ` (${number(interval.lower)} to ${number(interval.upper)})`;
  return `${number(value)}${between} on ${rows(labelledRows)}`;
}

/** By how much the loss of each slice has risen, window by window; nothing where slices are not judged. */
function Rises({ windows }: { readonly windows: readonly Judged[] }) {
  const names = [
    ...new Set(windows.flatMap(({ slices }) => slices.flatMap(({ name, decay }) => (decay ? [name] : [])))),
  ];
  if (names.length === 0) return null;
  const at = (row: number, column: number) =>
    windows[column]?.slices.find(({ name }) => name === names[row])?.decay ?? null;
  return (
    <HeatMap
      label="By how much the loss of a slice has risen since the promotion, outlined where it is proven"
      rows={names}
      columns={windows.map((window) => `window ${window.number}`)}
      value={(row, column) => {
        const rise = at(row, column)?.relativeRise ?? null;
        return rise === null ? null : Math.max(0, rise);
      }}
      hit={(row, column) => at(row, column)?.verdict === 'decayed'}
      scale={1}
    />
  );
}
