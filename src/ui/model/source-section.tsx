import type { Child } from 'hono/jsx';
import { sayCount, sayMany, sayShare, sayUnread } from '../../domain/words/say.ts';
import { Table, type Column } from '../table/table.tsx';
import { modelPath, time } from '../words/format.ts';
import type { SectionProps } from './section.ts';

type Source = NonNullable<SectionProps['view']['source']>;

/** Where the rows come from: how far they have been read, and what keeps them from being read. */
export function SourceSection({ name, view: { source } }: SectionProps) {
  return (
    <section class="panel" id="source" aria-labelledby="source-title">
      <h2 id="source-title">Source</h2>
      {source === null ? (
        <p class="empty">This model was imported: it is trained elsewhere and has no source here.</p>
      ) : (
        <>
          <Facts source={source} />
          <p class="small">
            What its rows may look like: <a href={`${modelPath(name)}/contract`}>the contract</a>
          </p>
        </>
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
        <Fact word="Unread">{sayUnread(source.lag)}</Fact>
        <Fact word="New rows">{newRows(source)}</Fact>
        <Fact word="Looked at">{looked(source)}</Fact>
      </dl>
      {source.members.length === 0 ? null : <Table label="Sources" columns={memberColumns} rows={source.members} />}
    </>
  );
}

type Member = Source['members'][number];

/** The sources of a union beside each other: which of them is reliable. */
const memberColumns: readonly Column<Member>[] = [
  { head: 'Source', cell: ({ name }) => name, isHeading: true },
  { head: 'From', cell: ({ source }) => source },
  { head: 'Taken', cell: ({ rows }) => sayCount(rows), isNumber: true },
  { head: 'Last', cell: ({ takenAt }) => (takenAt === null ? 'never' : time(takenAt)) },
  { head: 'Unread', cell: ({ lag }) => sayUnread(lag), isNumber: true },
  { head: 'Late', cell: ({ late }) => sayCount(late), isNumber: true },
  { head: 'Missing', cell: missing },
  { head: 'Quarantined', cell: ({ quarantinedRows }) => sayCount(quarantinedRows), isNumber: true },
  { head: 'Repeated', cell: ({ repeatedRows }) => sayCount(repeatedRows), isNumber: true },
  { head: 'Wrong', cell: wrong, width: 'wide' },
];

function missing({ staleMs }: Member): string {
  return staleMs === null ? 'no' : `nothing for ${sayMany(Math.round(staleMs / 60_000), 'minute')}`;
}

function wrong({ failures, problem, refusal }: Member): string {
  if (failures > 0) return `not read, ${failures} times in a row: ${problem ?? ''}`;
  return refusal === null ? 'nothing' : `its last batch was refused: ${refusal}`;
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

function newRows({ changedAt, freshMs }: Source) {
  const rings = freshMs === null ? '' : `; an alert rings after ${sayMany(Math.round(freshMs / 60_000), 'minute')}`;
  return changedAt === null ? (
    `none found yet${rings}`
  ) : (
    <>
      last found {time(changedAt)}
      {rings}
    </>
  );
}

function looked({ lookedAt, nextLookAt }: Source) {
  if (nextLookAt === null) return 'for a training alone';
  return (
    <>
      {lookedAt === null ? 'not yet' : time(lookedAt)}, next {time(nextLookAt)}
    </>
  );
}
