import type { ComparisonShown } from '../../../commands/pages/runs.ts';
import type { RunSide } from '../../../db/pages/compare.ts';
import { Table, type Column } from '../../table/table.tsx';
import { number, time } from '../../words/format.ts';
import { State } from '../../words/state.tsx';
import { codeOf, dataCell, fileCell, specOf, throughOf, tookOf, versionCell } from './cells.tsx';
import { line, type Line } from './line.ts';
import { parameters } from './parameters.ts';

const columns: readonly Column<Line>[] = [
  { head: 'what', cell: (row) => row.name, isHeading: true },
  { head: 'A', cell: (row) => row.a },
  { head: 'B', cell: (row) => row.b },
  { head: 'differs?', cell: (row) => (row.isSame ? <span class="dim">the same</span> : null) },
];

/** Data, code, parameters and time of the two, line by line. */
export function Overview({ shown }: { readonly shown: ComparisonShown }) {
  const { a, b, links } = shown;
  const lines = [...runLines(a, b), ...dataLines(a, b), ...parameters(a, b), fileLine(a, b), linkLine(links)];
  return (
    <section class="panel" id="overview">
      <h2>Data, code, parameters, time</h2>
      <Table label="Overview" columns={columns} rows={lines} />
    </section>
  );
}

function runLines(a: RunSide, b: RunSide): readonly Line[] {
  return [
    {
      name: 'State',
      a: <State of={a.run.status} />,
      b: <State of={b.run.status} />,
      isSame: a.run.status === b.run.status,
    },
    line('Started by', a.run.trigger ?? '—', b.run.trigger ?? '—'),
    { name: 'Started', a: time(a.run.startedAt), b: time(b.run.startedAt), isSame: false },
    line('Took', tookOf(a), tookOf(b)),
    { name: 'Version', a: versionCell(a), b: versionCell(b), isSame: false },
  ];
}

function dataLines(a: RunSide, b: RunSide): readonly Line[] {
  const digests = (side: RunSide): string => side.snapshots.map((one) => one.digest).join();
  return [
    { name: 'Data', a: dataCell(a), b: dataCell(b), isSame: digests(a) === digests(b) },
    line('Labelled rows', number(a.version?.labelledRows), number(b.version?.labelledRows)),
    line('Traffic used', throughOf(a), throughOf(b)),
    line('Spec revision', specOf(a), specOf(b)),
    line('Training code', codeOf(a), codeOf(b)),
  ];
}

function fileLine(a: RunSide, b: RunSide): Line {
  const isSame = a.version !== null && a.version.modelDigest === b.version?.modelDigest;
  return { name: 'File', a: fileCell(a), b: fileCell(b), isSame };
}

function linkLine(links: ComparisonShown['links']): Line {
  return {
    name: 'Temporal',
    a: <a href={links.a}>open A in Temporal</a>,
    b: <a href={links.b}>open B in Temporal</a>,
    isSame: false,
  };
}
