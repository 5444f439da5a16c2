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
            Share of each input in {shareOf(page)}; it says what was used, not what causes what.{' '}
            {page.report.warmStart?.text ?? ''}
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
      <Contributions page={page} />
    </section>
  );
}

/** What the shares are of: trees of a file have no gains any more, so that a warm start measures all trees anew. */
function shareOf({ report }: VersionPage): string {
  if (report.warmStart?.from !== undefined && (report.release?.trees ?? 0) > 0)
    return 'what all splits explain of the leaves behind them';
  return (report.release?.trees ?? 0) > 0 ? 'the total gain of all splits' : 'the spread of the score over its rows';
}

/** How far each input moves a score, in its unit: the same that `explain` says of one row. */
function Contributions({ page }: { readonly page: VersionPage }) {
  const { contributions } = page.report;
  const shown = (contributions?.features ?? []).filter(({ mean }) => mean > 0).slice(0, importanceShownMax);
  if (contributions === undefined || shown.length === 0) return null;
  return (
    <>
      <p class="dim small">
        How far each input moves the score of a row, whichever way: the mean of {contributions.rows} test rows, in the
        unit of the score (log-odds, or the value).
      </p>
      <Bars
        label="Mean size of contributions"
        items={shown.map(({ feature, mean }) => ({
          label: feature,
          value: mean,
          text: String(Number(mean.toPrecision(3))),
        }))}
      />
    </>
  );
}
