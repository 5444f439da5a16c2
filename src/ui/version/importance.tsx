import type { VersionPage } from '../../db/pages/version.ts';
import { Bars } from '../charts/bars.tsx';
import { percent } from '../words/format.ts';

const importanceShownMax = 25;

/** What the model leans on, by the trainer's own account. */
export function Importance({ page }: { readonly page: VersionPage }) {
  const all = (page.report.importance ?? []).filter(({ gain }) => gain > 0);
  const shown = all.slice(0, importanceShownMax);
  const rest = all.slice(importanceShownMax).reduce((sum, { gain }) => sum + gain, 0);
  const family = page.report.release?.family ?? null;
  return (
    <section class="panel" id="importance">
      <h2>What it leans on</h2>
      {shown.length === 0 ? (
        <p class="empty">
          {family === 'prior'
            ? 'Nothing: it knows shares of classes only.'
            : page.report.external === undefined
              ? 'Unknown: its trainer has not said.'
              : 'Unknown: what the program that trained it says of itself stands below, and is not gone by.'}
        </p>
      ) : (
        <>
          <p class="dim small">
            Share of each input in{' '}
            {family === 'linear' ? 'the spread of the score over the training rows' : 'the total gain of all splits'};
            it says what was used, not what causes what.
          </p>
          <Bars
            label="Importance of inputs"
            items={[
              ...shown.map(({ feature, gain }) => ({ label: feature, value: gain, text: percent(gain) })),
              ...(rest > 0 ? [{ label: `${all.length - shown.length} more`, value: rest, text: percent(rest) }] : []),
            ]}
          />
        </>
      )}
    </section>
  );
}
