import { Table } from '../../table/table.tsx';
import { number, percent, rows } from '../../words/format.ts';
import type { WindowEvidence } from '../window-evidence.ts';

type Judged = NonNullable<NonNullable<WindowEvidence['drift']>['together']>;

/** Whether features go together as they did, and by which of them a classifier tells that they do not. */
export function Together({ judged }: { readonly judged: Judged }) {
  if (judged.verdict === 'not-judged')
    return (
      <p id="together" class="small dim">
        {judged.text}
      </p>
    );
  const { auroc, expectedLow, expectedHigh, features, verdict } = judged;
  return (
    <div id="together">
      <p>
        Features together: <span class={verdict === 'drift' ? 'state bad' : 'state good'}>{verdict}</span> A classifier
        tells {rows(judged.rows)} of the window from the reference with an AUROC of {number(auroc)}; stretches of the
        reference itself have {number(expectedLow)} to {number(expectedHigh)}.
      </p>
      {verdict === 'drift' ? (
        <Table
          label="features by which the classifier tells the window from the reference"
          caption="By which features the classifier tells them apart, alone or in pairs. It says nothing of answers."
          rows={features}
          columns={[
            { head: 'Feature', cell: ({ name }) => name, isHeading: true },
            { head: 'share of what it used', cell: ({ share }) => percent(share) },
          ]}
        />
      ) : null}
    </div>
  );
}
