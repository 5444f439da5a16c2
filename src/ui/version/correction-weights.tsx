import type { VersionPage } from '../../db/pages/version.ts';
import { number } from '../words/format.ts';
import { Table } from '../table/table.tsx';

/** What the features add to the answers, beside the score; the largest first. */
export function CorrectionWeights({ page }: { readonly page: VersionPage }) {
  const { covariates = [], weights = [] } = page.corrected?.answering ?? {};
  if (covariates.length === 0) return null;
  const rows = covariates
    .map((covariate, k) => ({ ...covariate, weight: weights[k] ?? 0 }))
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const [most] = rows;
  return (
    <>
      <h3>What features add to the score</h3>
      {most === undefined ? null : <p class="small">{inWords(page, most)}</p>}
      <Table
        label="Weights of the covariates"
        rows={rows}
        columns={[
          { head: 'Feature', cell: ({ feature }) => feature, isHeading: true },
          { head: 'Mean', cell: ({ mean }) => number(mean), isNumber: true },
          { head: 'One deviation', cell: ({ deviation }) => number(deviation), isNumber: true },
          { head: 'Log-odds per deviation', cell: ({ weight }) => signed(weight), isNumber: true },
        ]}
      />
    </>
  );
}

interface Weighed {
  readonly feature: string;
  readonly mean: number;
  readonly deviation: number;
  readonly weight: number;
}

function inWords({ spec }: VersionPage, { feature, mean, deviation, weight }: Weighed): string {
  const of = 'positive' in spec.target ? ` of ${spec.target.positive}` : '';
  return (
    `Where ${feature} lies one deviation (${number(deviation)}) above its mean of ${number(mean)}, ` +
    `the log-odds${of} are ${number(Math.abs(weight))} ${weight < 0 ? 'lower' : 'higher'}; ` +
    'a row counts as 3 deviations out at most.'
  );
}

function signed(weight: number): string {
  return weight > 0 ? `+${number(weight)}` : number(weight);
}
