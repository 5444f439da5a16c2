import type { Child } from 'hono/jsx';
import { sayCount, sayShare } from '../../domain/words/say.ts';
import { time } from '../words/format.ts';
import type { SectionProps } from './section.ts';

type Source = NonNullable<SectionProps['view']['source']>;

/** Where the rows come from: how far they have been read, and what keeps them from being read. */
export function SourceSection({ view: { source } }: SectionProps) {
  return (
    <section class="panel" id="source" aria-labelledby="source-title">
      <h2 id="source-title">Source</h2>
      {source === null ? (
        <p class="empty">This model was imported: it is trained elsewhere and has no source here.</p>
      ) : (
        <Facts source={source} />
      )}
    </section>
  );
}

function Facts({ source }: { readonly source: Source }) {
  const { cursor, quarantinedRows, quarantinedShare, failures, problem } = source;
  return (
    <>
      {failures === 0 ? null : (
        <p role="status">
          <span class="state warn">cannot be read</span> {failures} times in a row: {problem}
        </p>
      )}
      <dl class="facts">
        <Fact word="From">{source.source}</Fact>
        <Fact word="Taken">{taken(source)}</Fact>
        {quarantinedShare === null ? null : (
          <Fact word="Quarantined of the last batch">
            {sayCount(quarantinedRows)} ({sayShare(quarantinedShare)})
          </Fact>
        )}
        {cursor === null ? null : (
          <Fact word="Cursor">
            <code>{cursor}</code>
          </Fact>
        )}
        <Fact word="Unread">{unread(source)}</Fact>
        <Fact word="Looked at">{looked(source)}</Fact>
      </dl>
    </>
  );
}

function Fact({ word, children }: { readonly word: string; readonly children?: Child }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function taken({ takenAt, rows }: Source) {
  if (takenAt === null) return 'never under this definition';
  return (
    <>
      {sayCount(rows)} rows, last {time(takenAt)}
    </>
  );
}

function unread({ lag }: Source): string {
  if (lag === null) return 'not counted';
  return `${lag.isAtLeast ? 'more than ' : ''}${sayCount(lag.unread)} ${lag.unit}`;
}

function looked({ lookedAt, nextLookAt }: Source) {
  if (nextLookAt === null) return 'for a training alone';
  return (
    <>
      {lookedAt === null ? 'not yet' : time(lookedAt)}, next {time(nextLookAt)}
    </>
  );
}
