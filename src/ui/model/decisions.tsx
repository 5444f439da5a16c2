import { decisionsMax } from '../../db/pages/model-story.ts';
import { runPath, time } from '../words/format.ts';
import { blockWord, foldDecisions, type FoldedDecision } from './fold-decisions.ts';
import type { SectionProps } from './section.ts';
import { parseOccasion } from '../../domain/record/occasion.ts';

/** Lines shown at once; the rest is behind a summary. */
const shownLines = 12;

const occasions = 'when a window is judged, when a definition is applied, and when somebody asks';

/** Every yes and every no about retraining, each with its reason; neighbours with one cause are one line. */
export function Decisions({ name, view }: SectionProps) {
  const folded = foldDecisions(view.decisions);
  return (
    <section class="panel" id="decisions" aria-labelledby="decisions-title">
      <h2 id="decisions-title">Why it was retrained, and why not</h2>
      {folded.length === 0 ? (
        <p class="empty">
          No decision yet. One is taken {occasions}: <code>npx perennial retrain {name} --reason …</code>
        </p>
      ) : (
        <>
          <ul class="timeline">
            {folded.slice(0, shownLines).map((one) => (
              <Line one={one} />
            ))}
          </ul>
          {folded.length <= shownLines ? null : (
            <details class="fold">
              <summary>{folded.length - shownLines} earlier</summary>
              <ul class="timeline">
                {folded.slice(shownLines).map((one) => (
                  <Line one={one} />
                ))}
              </ul>
            </details>
          )}
          {view.decisions.length < decisionsMax ? null : (
            <p class="small dim">The latest {decisionsMax} decisions; all of them are in the API.</p>
          )}
        </>
      )}
    </section>
  );
}

function Line({ one }: { readonly one: FoldedDecision }) {
  const { latest, count, fromWindow, toWindow } = one;
  const among = fromWindow === null ? 'before the first window' : `windows ${fromWindow}–${toWindow}`;
  const windows = count === 1 ? sayOccasion(latest.key) : `${count} decisions, ${among}`;
  return (
    <li class={latest.retrain ? 'now' : undefined}>
      <span class={`state ${latest.retrain ? 'info' : latest.blockedBy === null ? '' : 'warn'}`}>
        {latest.retrain ? 'retrained' : `not retrained: ${blockWord(latest)}`}
      </span>{' '}
      <span class="dim small">
        {windows}, {time(latest.createdAt)}
      </span>
      <br />
      {latest.retrain || latest.blockedBy !== null ? latest.reason : <NothingFired decision={latest} />}
      {latest.runId === null ? null : (
        <>
          {' '}
          <a href={runPath(latest.runId)}>{latest.runId}</a>
        </>
      )}
    </li>
  );
}

/**
 * The long sentence of a quiet window lists every trigger: one look says "nothing", a second one says what was looked
 * at.
 */
function NothingFired({ decision }: { readonly decision: FoldedDecision['latest'] }) {
  const texts = decision.considered.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  if (texts.length === 0) return <>{decision.reason}</>;
  return (
    <details>
      <summary class="small">did not retrain because no trigger fired</summary>
      <ul class="small">
        {texts.map((trigger) => (
          <li>{trigger}</li>
        ))}
      </ul>
    </details>
  );
}

/** What a decision was taken about. */
function sayOccasion(key: string): string {
  const occasion = parseOccasion(key);
  const held = occasion?.of === 'thawed' ? occasion.held : occasion;
  const again = occasion?.of === 'thawed' ? ', again after the thaw' : '';
  if (held?.of === 'window') return `window ${held.window}${again}`;
  if (held?.of === 'command') return `asked by a person${again}`;
  if (held?.of !== 'apply') return key;
  return `definition ${held.specRevision} applied${held.afterRun === null ? '' : `, after ${held.afterRun}`}${again}`;
}
