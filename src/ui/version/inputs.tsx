import type { VersionPage } from '../../db/pages/version.ts';
import { sayExpression } from '../../domain/features/expressions/say-expression.ts';
import { kindOf } from '../../domain/features/kind-of.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { DerivedSpec, FeatureSpec, OutlierLimits } from '../../domain/spec/spec.ts';
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
      <Derived page={page} />
      <Outliers page={page} />
    </section>
  );
}

const outlierColumns: readonly Column<OutlierLimits>[] = [
  { head: 'feature', cell: ({ feature }) => feature, isHeading: true },
  { head: 'beyond it', cell: ({ action }) => outlierWords[action] },
  { head: 'low', cell: ({ low }) => number(low), isNumber: true },
  { head: 'high', cell: ({ high }) => number(high), isNumber: true },
  { head: 'training rows below', cell: ({ below }) => number(below), isNumber: true },
  { head: 'above', cell: ({ above }) => number(above), isNumber: true },
];

const outlierWords = { clip: 'the limit', missing: 'counts as missing', drop: 'not learnt from' } as const;

/** Limits that the training rows have taught. */
function Outliers({ page: { report } }: { readonly page: VersionPage }) {
  const { outliers = [] } = report;
  if (outliers.length === 0) return null;
  return (
    <>
      <h3>Outliers</h3>
      <p class="dim small">
        Limits as the training rows say; what is made of a number beyond them is part of the model.
      </p>
      <Table label="Outliers" columns={outlierColumns} rows={outliers.slice(0, inputsShownMax)} isSortable />
    </>
  );
}

/** What the graph of the version computes by itself. */
function Derived({ page: { spec } }: { readonly page: VersionPage }) {
  const { derived = [] } = spec;
  if (derived.length === 0) return null;
  const kinds = new Map((signatureOf(spec).derived ?? []).map(({ name, kind }) => [name, kind]));
  const columns: readonly Column<DerivedSpec>[] = [
    { head: 'derived feature', cell: ({ name }) => name, isHeading: true },
    { head: 'kind', cell: ({ name }) => kinds.get(name) ?? '—' },
    { head: 'computed as', cell: ({ expression }) => sayExpression(expression), width: 'wide' },
    { head: 'about', cell: ({ about }) => about ?? '—' },
  ];
  return (
    <>
      <h3>Derived features</h3>
      <p class="dim small">Computed from the inputs inside the model; a request does not carry them.</p>
      <Table label="Derived features" columns={columns} rows={derived} isSortable />
    </>
  );
}

function columnsOf(page: VersionPage): readonly Column<FeatureSpec>[] {
  const seen = new Map(page.inputs.map((column) => [column.name, column]));
  return [
    { head: 'input', cell: (feature) => feature.name, isHeading: true },
    {
      head: 'declared',
      cell: (feature) =>
        `${feature.kind}, ${wordsOf(feature.kind).declared(feature)}` +
        originOf(feature) +
        (feature.use === undefined ? '' : ', for derived features alone'),
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
