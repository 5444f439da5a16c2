import type { PortfolioModel } from '../../domain/record/portfolio.ts';
import { Table, type Column } from '../table/table.tsx';
import { duration, many, modelPath, money, number, percent } from '../words/format.ts';
import { Against } from './against.tsx';

const hourMs = 3_600_000;

export interface ModelsProps {
  readonly rows: readonly PortfolioModel[];
  readonly costCurrency: string | null;
}

/** What each model that declares a value brought in. */
export function Models({ rows, costCurrency }: ModelsProps) {
  return <Table label="Value by model" columns={columnsOf(costCurrency)} rows={rows} />;
}

function columnsOf(costCurrency: string | null): readonly Column<PortfolioModel>[] {
  return [
    { head: 'model', cell: (row) => <Named row={row} />, width: 'wide' },
    { head: 'brought in', cell: (row) => <BroughtIn row={row} />, isNumber: true },
    {
      head: 'renewing it',
      cell: (row) => (
        <Against
          difference={row.differenceToNeverRetrained}
          comparedRows={row.comparedRows}
          currency={row.currency ?? ''}
          label=""
        />
      ),
      width: 'wide',
    },
    { head: 'outcomes known', cell: (row) => percent(row.labelCoverage), isNumber: true },
    { head: 'answers given', cell: (row) => number(row.predictions), isNumber: true },
    { head: 'trained', cell: (row) => <Trained row={row} />, isNumber: true },
    {
      head: 'platform cost',
      cell: ({ platformCost }) =>
        platformCost === null || costCurrency === null ? '—' : money(platformCost, costCurrency),
      isNumber: true,
    },
  ];
}

function Named({ row }: { readonly row: PortfolioModel }) {
  return (
    <>
      <b>
        <a href={modelPath(row.model)}>{row.model}</a>
      </b>
      <br />
      <small class="dim">
        {row.useCase} {row.owner === '' ? '' : `(${row.owner})`}
      </small>
    </>
  );
}

function BroughtIn({ row }: { readonly row: PortfolioModel }) {
  if (row.value === null || row.currency === null) return <small class="dim">no outcome yet</small>;
  return <>{money(row.value, row.currency)}</>;
}

function Trained({ row }: { readonly row: PortfolioModel }) {
  return (
    <>
      {many(row.trainings, 'time')}
      <br />
      <small class="dim">{duration(row.trainingHours * hourMs)}</small>
    </>
  );
}
