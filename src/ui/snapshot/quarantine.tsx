import type { SnapshotShown } from '../../commands/pages/snapshot.ts';
import { Table, type Column } from '../table/table.tsx';
import { number, rows } from '../words/format.ts';

const columns: readonly Column<NonNullable<SnapshotShown['quarantine']>[number]>[] = [
  { head: 'line', cell: (row) => number(row.line), isNumber: true },
  { head: 'why', cell: (row) => row.ruleIds.join(', ') },
  { head: 'row', cell: (row) => <code>{row.raw}</code>, width: 'wide' },
];

/** Rows that were not learnt from, for who may see them. */
export function Quarantine({ shown }: { readonly shown: SnapshotShown }) {
  const { page, quarantine, canSeeRows } = shown;
  const { quarantinedRows } = page.manifest;
  return (
    <section class="panel" id="quarantine">
      <h2>Set aside</h2>
      {quarantinedRows === 0 ? (
        <p>Nothing: every row was accepted.</p>
      ) : quarantine === null ? (
        <p>
          {rows(quarantinedRows)}, kept as they came with the rules that they broke.{' '}
          {canSeeRows ? (
            <>
              <a href={`/snapshots/${page.digest}?rows=1#quarantine`}>Show the first of them</a>, or{' '}
              <a href={`/snapshots/${page.digest}/quarantine`}>see all, edit and replay them</a>
            </>
          ) : (
            'They may be personal: operators and admins may read them.'
          )}
        </p>
      ) : (
        <Table
          label="Rows set aside"
          caption={`The first ${number(quarantine.length)} of ${rows(quarantinedRows)}, as they came.`}
          columns={columns}
          rows={quarantine}
        />
      )}
    </section>
  );
}
