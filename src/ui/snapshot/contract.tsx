import { strikes, verdictWords, type BatchCheck } from '../../domain/contract/batch/batch-check.ts';
import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import { Table, type Column } from '../table/table.tsx';
import { many, number, percent } from '../words/format.ts';
import { State } from '../words/state.tsx';

const consequences = { warn: 'a warning', quarantine: 'set aside', reject: 'refused' } as const;

const columns: readonly Column<SnapshotPage['manifest']['ruleCounts'][number]>[] = [
  { head: 'rule', cell: (count) => <code>{count.ruleId}</code>, isHeading: true },
  { head: 'asks', cell: (count) => count.about },
  { head: 'then', cell: (count) => consequences[count.severity] },
  { head: 'rows', cell: (count) => number(count.rows), isNumber: true },
  { head: 'first line', cell: (count) => number(count.line), isNumber: true },
];

const checkColumns: readonly Column<BatchCheck>[] = [
  { head: 'rule', cell: (check) => <code>{check.ruleId}</code>, isHeading: true },
  { head: 'verdict', cell: (check) => verdictWords[check.verdict] },
  { head: 'found', cell: (check) => check.about },
  { head: 'then', cell: (check) => (strikes(check) ? consequences[check.severity] : '') },
  {
    head: 'held against',
    cell: ({ against: [newest, ...others] }) =>
      newest === undefined ? (
        ''
      ) : (
        <>
          <a href={`/snapshots/${newest}`}>{newest.slice(0, 12)}</a>
          {others.length === 0 ? null : ` and ${many(others.length, 'batch', 'batches')} before it`}
        </>
      ),
  },
];

/** What the rows were asked, and how many did not keep it. */
export function Contract({ page }: { readonly page: SnapshotPage }) {
  const { ruleCounts, batchChecks = [] } = page.manifest;
  const broken = ruleCounts.filter((count) => count.rows > 0);
  const allowed = page.contract?.quarantineShareMax;
  return (
    <section class="panel" id="contract">
      <header>
        <h2>Contract</h2>
        <State of="pass" text="accepted" />
      </header>
      <p class="dim small">
        Types, ranges and missing values as the inputs declare them
        {page.contract === null ? '' : `, and ${many(page.contract.rules.length, 'rule')} of its own`}.{' '}
        {page.kind === 'history'
          ? allowed !== undefined && `Above ${percent(allowed)} of rows set aside the whole batch is refused.`
          : 'What was answered is learnt from: here they warn, and only what cannot be typed is set aside.'}
      </p>
      {broken.length === 0 ? (
        <p>Every row kept every rule.</p>
      ) : (
        <Table label="Broken rules" columns={columns} rows={broken} />
      )}
      {batchChecks.length === 0 ? null : (
        <>
          <h3>Against the batches before</h3>
          <Table label="Rules about the batch" columns={checkColumns} rows={batchChecks} />
        </>
      )}
    </section>
  );
}
