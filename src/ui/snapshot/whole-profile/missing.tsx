import type { SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { Table, type Column } from '../../table/table.tsx';
import { many, number, percent } from '../../words/format.ts';

type Pattern = SnapshotProfile['missing']['patterns'][number];

/** Which columns are missing together. */
export function Gaps({ profile }: { readonly profile: SnapshotProfile }) {
  const { patterns, patternCount } = profile.missing;
  const columns: readonly Column<Pattern>[] = [
    { head: 'missing together', cell: (one) => one.columns.join(', '), width: 'wide', isHeading: true },
    { head: 'rows', cell: (one) => number(one.rows), isNumber: true },
    { head: 'share', cell: (one) => percent(profile.rows === 0 ? 0 : one.rows / profile.rows), isNumber: true },
  ];
  return (
    <section class="panel" id="missing">
      <h2>Missing values</h2>
      {patterns.length === 0 ? (
        <p>None: every row has a value in every column.</p>
      ) : (
        <Table
          label="Columns that are missing together"
          columns={columns}
          rows={patterns}
          caption={
            patternCount > patterns.length ? `The most frequent of ${many(patternCount, 'pattern')}.` : undefined
          }
        />
      )}
    </section>
  );
}
