import type { VersionPage } from '../../db/pages/version.ts';
import { kindOf } from '../../domain/features/kind-of.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import { Table, type Column } from '../table/table.tsx';
import { many, number, percent, rows } from '../words/format.ts';
import { wordsOf } from './input-words.ts';

const inputsShownMax = 200;

/** The values that it has seen; what lies outside, it has not learnt. */
export function Inputs({ page }: { readonly page: VersionPage }) {
  const { features } = page.spec;
  return (
    <section class="panel" id="inputs">
      <h2>Inputs</h2>
      <p class="dim small">
        {page.inputs.length === 0
          ? 'As declared; what was in the data is not recorded.'
          : `As declared, and as seen in the largest of its snapshots (${rows(page.inputs[0]?.rows ?? 0)}).`}
      </p>
      <Table label="Inputs" columns={columnsOf(page)} rows={features.slice(0, inputsShownMax)} isSortable />
      {features.length > inputsShownMax ? (
        <p class="small dim">{features.length - inputsShownMax} more are in the definition.</p>
      ) : null}
    </section>
  );
}

function columnsOf(page: VersionPage): readonly Column<FeatureSpec>[] {
  const seen = new Map(page.inputs.map((column) => [column.name, column]));
  return [
    { head: 'input', cell: (feature) => feature.name, isHeading: true },
    {
      head: 'declared',
      cell: (feature) => `${feature.kind}, ${wordsOf(feature.kind).declared(feature)}${originOf(feature)}`,
    },
    {
      head: 'seen',
      cell: ({ name, kind }) => {
        const column = seen.get(name);
        if (column === undefined) return '—';
        // Whom rows are about is nobody's business on a page about a model.
        const isEntity = page.spec.entity?.column === name;
        return isEntity ? `${many(column.distinct, 'distinct value')}, not shown` : wordsOf(kind).seen(column);
      },
      width: 'wide',
    },
    {
      head: 'mean',
      cell: ({ name, kind }) => (kindOf(kind).isQuantity ? number(seen.get(name)?.mean) : '—'),
      isNumber: true,
    },
    {
      head: 'missing',
      cell: ({ name }) => {
        const column = seen.get(name);
        return column === undefined || column.rows === 0 ? '—' : percent(column.missing / column.rows);
      },
      isNumber: true,
    },
  ];
}

/** The revision of the view that it comes from, as `perennial view show` names it. */
function originOf({ name, from }: FeatureSpec): string {
  if (from === undefined) return '';
  const feature = from.feature === name ? '' : `${from.feature} of `;
  return `; ${feature}view ${from.view}, ${from.digest?.slice(0, 12) ?? 'not pinned'}`;
}
