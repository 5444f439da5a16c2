import type { VersionPage } from '../../db/pages/version.ts';
import { sayExpression } from '../../domain/features/expressions/say-expression.ts';
import type { FeatureFinding, FeatureOutcome, ProposalTry } from '../../domain/training/selection/feature-selection.ts';
import { Table, type Column } from '../table/table.tsx';
import { number, percent } from '../words/format.ts';

const featuresShownMax = 60;

/** What a feature selection knew of each feature, and what became of it; nothing where none was declared. */
export function SelectedFeatures({ page }: { readonly page: VersionPage }) {
  const found = page.report.selection?.features;
  if (found === undefined || found.features.length === 0) return null;
  return (
    <section class="panel" id="selected-features">
      <h2>Feature selection</h2>
      <p class="dim small">
        Importance: how much the loss of a row rises where the values of the feature are shuffled, over
        {` ${found.folds} `}folds of time. By chance: its largest share in {found.nulls} fits on shuffled targets.
        {found.features.length > featuresShownMax ? ` The first ${featuresShownMax} of ${found.features.length}.` : ''}
      </p>
      <Table
        label="Feature selection"
        columns={columnsOf(found.folds)}
        rows={found.features.slice(0, featuresShownMax)}
        isSortable
      />
      {found.proposals === undefined || found.proposals.tries.length === 0 ? null : (
        <>
          <p class="dim small">
            Computed features that were tried, of {found.proposals.proposed} that were proposed. Gain: how much the loss
            of a row falls with one more of them.
          </p>
          <Table label="Computed features that were tried" columns={proposalColumns} rows={found.proposals.tries} />
        </>
      )}
    </section>
  );
}

const proposalColumns: readonly Column<ProposalTry>[] = [
  { head: 'computed feature', cell: ({ name }) => name, isHeading: true },
  { head: 'expression', cell: ({ expression }) => sayExpression(expression) },
  { head: 'gain', cell: ({ gain, standardError }) => `${number(gain)} ± ${number(standardError)}`, isNumber: true },
  { head: 'p', cell: ({ pValue }) => number(pValue), isNumber: true },
  { head: 'outcome', cell: ({ isKept }) => (isKept ? 'computed by the file' : 'not proven to help') },
];

const words: Readonly<Record<FeatureOutcome, string>> = {
  helps: 'helps',
  declared: 'kept by the definition',
  needed: 'worse without',
  dropped: 'not read',
};

function columnsOf(folds: number): readonly Column<FeatureFinding>[] {
  return [
    { head: 'feature', cell: ({ feature }) => feature, isHeading: true },
    {
      head: 'importance',
      cell: ({ importance, standardError }) => `${number(importance)} ± ${number(standardError)}`,
      isNumber: true,
    },
    { head: 'share in the fit', cell: ({ share }) => percent(share), isNumber: true },
    { head: 'by chance', cell: ({ nullShareMax }) => percent(nullShareMax), isNumber: true },
    { head: 'folds helped', cell: ({ foldsHelped }) => `${foldsHelped} of ${folds}`, isNumber: true },
    { head: 'outcome', cell: ({ outcome }) => words[outcome] },
  ];
}
