import type { RunSide } from '../../../db/pages/compare.ts';
import { kindOf } from '../../../domain/features/kind-of.ts';
import { Table, type Column } from '../../table/table.tsx';
import { number, percent, rows } from '../../words/format.ts';
import { Digest } from '../../words/state.tsx';
import { columnMoves, missingShare, type ColumnMove } from './differences.ts';

const movesShownMax = 60;

type Snapshot = RunSide['snapshots'][number];

const columns: readonly Column<ColumnMove>[] = [
  { head: 'column', cell: (move) => move.name, isHeading: true },
  { head: 'what', cell: (move) => move.what },
  { head: 'by', cell: (move) => percent(move.size), isNumber: true },
  { head: 'mean A', cell: (move) => number(move.before?.mean), isNumber: true },
  { head: 'mean B', cell: (move) => number(move.after?.mean), isNumber: true },
  { head: 'missing A', cell: (move) => missingIn(move.before), isNumber: true },
  { head: 'missing B', cell: (move) => missingIn(move.after), isNumber: true },
  { head: 'most frequent A', cell: (move) => topOf(move.before) },
  { head: 'most frequent B', cell: (move) => topOf(move.after) },
];

/** What changed between the data of the two. */
export function Moved({ a, b }: { readonly a: RunSide; readonly b: RunSide }) {
  const [latestA, latestB] = [a.snapshots.at(-1), b.snapshots.at(-1)];
  if (latestA === undefined || latestB === undefined) return null;
  const isSame = latestA.digest === latestB.digest;
  const leftOut = leftOutOf([a, b]);
  const moves = isSame ? [] : columnMoves(latestA.profile, latestB.profile).filter((move) => !leftOut.has(move.name));
  return (
    <section class="panel" id="moved">
      <h2>What moved in the data</h2>
      <p class="dim small">
        Between the youngest snapshots of the two, <Named snapshot={latestA} /> and <Named snapshot={latestB} />; most
        first.
      </p>
      {moves.length === 0 ? (
        <p>{isSame ? 'It is the same snapshot.' : 'No column moved by more than 1 % of its range.'}</p>
      ) : (
        <Table label="Columns that moved" columns={columns} rows={moves.slice(0, movesShownMax)} isSortable />
      )}
    </section>
  );
}

function Named({ snapshot }: { readonly snapshot: Snapshot }) {
  return (
    <>
      <Digest of={snapshot.digest} href={`/snapshots/${snapshot.digest}`} /> ({rows(snapshot.rows)})
    </>
  );
}

/** Time moves by itself, and whom rows are about is not for a page. */
function leftOutOf(sides: readonly RunSide[]): ReadonlySet<string | undefined> {
  return new Set(
    sides.flatMap(({ spec }) => [
      spec?.spec.eventTime?.column,
      spec?.spec.entity?.column,
      ...(spec?.spec.features ?? []).flatMap((feature) => (kindOf(feature.kind).canDrift ? [] : [feature.name])),
    ]),
  );
}

function missingIn(column: ColumnMove['before']): string {
  return column === null ? '—' : percent(missingShare(column));
}

function topOf(column: ColumnMove['before']): string {
  if (column?.top === undefined || column.rows === 0) return '—';
  return column.top
    .slice(0, 3)
    .map((entry) => `${entry.value} ${percent(entry.rows / column.rows)}`)
    .join(', ');
}
