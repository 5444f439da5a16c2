import { nameOf } from '../../../domain/watch/causes/decay-causes.ts';
import { Bars } from '../../charts/bars.tsx';
import { Table } from '../../table/table.tsx';
import { number, percent } from '../../words/format.ts';
import type { SectionProps } from '../section.ts';
import { windowEvidence } from '../window-evidence.ts';

/** In which rows the loss rose, by the last window that has decayed; nothing where none has. */
export function Decayed({ view }: Pick<SectionProps, 'view'>) {
  const [latest] = view.windows
    .toSorted((a, b) => b.number - a.number)
    .flatMap(({ number: window, evidence }) => {
      const causes = windowEvidence(evidence)?.decay?.causes ?? null;
      return causes === null ? [] : [{ window, ...causes }];
    });
  if (latest === undefined) return null;
  const { window, causes, text } = latest;
  return (
    <section class="panel" id="decay-causes" aria-labelledby="decay-causes-title">
      <h2 id="decay-causes-title">Where the loss rose</h2>
      <p>
        Window {window}: {text}
      </p>
      {causes.length === 0 ? null : (
        <>
          <Bars
            label="share of the rise in loss by part of the rows"
            items={causes.map((cause) => ({
              label: nameOf(cause),
              value: cause.shareOfRise,
              text: `${percent(cause.shareOfRise)} of the rise`,
            }))}
          />
          <Table
            label="parts of the rows that carry the rise in loss"
            caption={
              'What a part adds to the rise is the sum of what the loss within it adds and of what its share of the ' +
              'rows does. Parts of different features overlap: their shares do not add up.'
            }
            rows={causes}
            columns={[
              { head: 'Part', cell: nameOf, isHeading: true },
              { head: 'of the rise', cell: ({ shareOfRise }) => percent(shareOfRise), isNumber: true },
              {
                head: 'of rows',
                cell: ({ rowShare, rowShareBefore }) => `${percent(rowShare)}, ${percent(rowShareBefore)} before`,
              },
              { head: 'loss', cell: ({ loss, lossBefore }) => `${number(loss)}, ${number(lossBefore)} before` },
              { head: 'by its loss', cell: ({ within }) => number(within), isNumber: true },
              { head: 'by its share', cell: ({ mix }) => number(mix), isNumber: true },
            ]}
          />
        </>
      )}
    </section>
  );
}
