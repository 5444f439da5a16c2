import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import type { RepairCount } from '../../domain/training/snapshot.ts';
import { Table, type Column } from '../table/table.tsx';
import { number } from '../words/format.ts';
import { Digest } from '../words/state.tsx';

const columns: readonly Column<RepairCount>[] = [
  { head: 'repair', cell: ({ repair }) => <code>{repair}</code>, isHeading: true },
  { head: 'of', cell: (count) => count.columns.join(', ') },
  { head: 'did', cell: (count) => (count.of === 'cells' ? 'changed cells' : 'took rows out') },
  { head: 'count', cell: ({ count }) => number(count), isNumber: true },
  { head: 'first line', cell: ({ line }) => number(line), isNumber: true },
];

/** What declared repairs did to the rows before they were judged; nothing where none is declared. */
export function Repairs({ page }: { readonly page: SnapshotPage }) {
  const { repairs } = page.manifest;
  if (repairs === undefined) return null;
  return (
    <section class="panel" id="repairs">
      <h2>Repaired</h2>
      <Table label="Repairs, in their order" columns={columns} rows={repairs.counts} />
      {repairs.logDigest === null ? null : (
        <p class="dim small">
          {number(repairs.loggedRows)} of them are logged cell by cell, with what stood there before, in{' '}
          <Digest of={repairs.logDigest} />.
        </p>
      )}
    </section>
  );
}
