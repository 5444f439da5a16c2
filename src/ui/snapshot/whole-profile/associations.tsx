import type { Association, SnapshotProfile } from '../../../domain/training/snapshot-profile.ts';
import { Bars } from '../../charts/bars.tsx';
import { Table, type Column } from '../../table/table.tsx';
import { many, number } from '../../words/format.ts';

const barsMax = 20;
const pairsMax = 25;
const measureWords = {
  correlation: 'r',
  cramersV: 'V',
  correlationRatio: 'η',
} as const satisfies Record<Association['measure'], string>;

const columns: readonly Column<Association>[] = [
  { head: 'pair', cell: ({ columns: [a, b] }) => `${a} and ${b}`, isHeading: true },
  { head: 'strength', cell: (pair) => number(pair.strength), isNumber: true },
  { head: 'by', cell: (pair) => measureWords[pair.measure], isNumber: true },
  { head: 'Pearson', cell: (pair) => number(pair.pearson), isNumber: true },
  { head: 'Spearman', cell: (pair) => number(pair.spearman), isNumber: true },
  { head: 'rows', cell: (pair) => number(pair.rows), isNumber: true },
];

/** What goes with the target, and what goes together. */
export function Associations({ profile }: { readonly profile: SnapshotProfile }) {
  const target = profile.columns.find(({ role }) => role === 'target')?.name ?? '';
  const withTarget = profile.associations.filter(({ isWithTarget }) => isWithTarget).slice(0, barsMax);
  const others = profile.associations.filter(({ isWithTarget }) => !isWithTarget).slice(0, pairsMax);
  const { pairColumnsLeftOut, pairColumnsMax } = profile.bounds;
  return (
    <section class="panel" id="pairs">
      <h2>What goes together</h2>
      <p class="dim small">
        From 0, nothing, to 1: for two numbers the larger of Pearson's and Spearman's correlation, for two columns of
        words Cramér's V, for one of each the correlation ratio (η); the latter two less what chance alone shows.
      </p>
      {withTarget.length === 0 ? null : (
        <>
          <h3>With {target}</h3>
          <Bars
            label={`How strongly features go with ${target}`}
            full={1}
            items={withTarget.map((pair) => ({
              label: pair.columns[0] === target ? pair.columns[1] : pair.columns[0],
              value: pair.strength,
              text: number(pair.strength),
            }))}
          />
        </>
      )}
      <h3>Among features</h3>
      <Table
        label="Pairs of features"
        columns={columns}
        rows={others}
        empty="No two features go together."
        caption={
          pairColumnsLeftOut === 0
            ? undefined
            : `Of the first ${pairColumnsMax} columns; ${many(pairColumnsLeftOut, 'column')} are not compared.`
        }
        isSortable
      />
    </section>
  );
}
