import type { ColumnDrift, SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { HeatMap } from '../../charts/heat-map.tsx';
import { Table, type Column } from '../../table/table.tsx';
import { number } from '../../words/format.ts';
import { State } from '../../words/state.tsx';

const drawnMax = 40;
const caption =
  'Moved: by a whole standard deviation, or by a fifth of one with proof. The test takes rows to depend on each ' +
  'other as those of the first fifth do, and corrects for the number of columns.';

const columns: readonly Column<ColumnDrift>[] = [
  { head: 'column', cell: (one) => one.name, isHeading: true },
  { head: 'moved by', cell: (one) => number(one.ends.shift), isNumber: true },
  { head: 'p-value', cell: (one) => (one.ends.pValue < 1e-4 ? '< 0.0001' : number(one.ends.pValue)), isNumber: true },
  {
    head: 'first fifth to last',
    cell: (one) => <State of={one.ends.hasMoved ? 'held' : 'pass'} text={one.ends.hasMoved ? 'moved' : 'no proof'} />,
  },
];

/** How far values move in the order of the rows. */
export function DriftInside({ profile }: { readonly profile: SnapshotProfile }) {
  const { parts, columns: all } = profile.drift;
  const sorted = all.toSorted((a, b) => b.ends.shift - a.ends.shift);
  const drawn = sorted.slice(0, drawnMax);
  return (
    <section class="panel" id="drift">
      <h2>Drift inside</h2>
      {all.length === 0 ? (
        <p>Too few rows to tell.</p>
      ) : (
        <>
          <HeatMap
            label={`Each tenth of the rows against the first, in standard deviations`}
            rows={drawn.map(({ name }) => name)}
            columns={Array.from({ length: parts - 1 }, (_, part) => `tenth ${part + 2}`)}
            value={(row, part) => drawn[row]?.shifts[part] ?? null}
            scale={1}
          />
          <p class="small dim">{caption}</p>
          <Table label="Columns by how far they moved" columns={columns} rows={drawn} />
        </>
      )}
    </section>
  );
}
