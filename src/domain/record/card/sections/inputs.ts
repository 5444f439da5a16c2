import { sayExpression } from '../../../features/expressions/say-expression.ts';
import { kindOf } from '../../../features/kind-of.ts';
import { sayMany, sayNumber, sayShare } from '../../../words/say.ts';
import { codes, list, paragraph, table, type CardBlock, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

const featuresMax = 100;
const mostUsedMax = 20;

/** What a row carries, between which values it lay, and how much the model leans on it. */
export function inputsSection(facts: CardFacts): CardSection {
  const { spec, importance, data } = facts;
  const gains = new Map(importance.map(({ feature, gain }) => [feature, gain]));
  const seen = new Map(data.seen.map((column) => [column.name, column]));
  const rows = spec.features
    .slice(0, featuresMax)
    .map(({ ...feature }): readonly CardLine[] => [
      [{ code: feature.name }],
      [feature.kind],
      [kindOf(feature.kind).sayAllowed(feature)],
      [saySeen(seen.get(feature.name), kindOf(feature.kind).isQuantity)],
      [feature.missing === 'allow' ? 'may be missing' : 'must be given'],
      [gains.has(feature.name) ? sayShare(gains.get(feature.name) ?? 0) : '—'],
    ]);
  const more = spec.features.length - featuresMax;
  return {
    id: 'inputs',
    title: 'Inputs',
    blocks: [
      table(['input', 'kind', 'values', 'in its data', 'missing', 'importance'], rows),
      ...(more > 0 ? [paragraph(`${sayMany(more, 'more input')} not listed.`)] : []),
      ...derivedIn(spec),
      ...mostUsed(importance),
      ...contributionsIn(facts),
    ],
  };
}

function saySeen(column: CardFacts['data']['seen'][number] | undefined, isQuantity: boolean): string {
  if (column === undefined) return '—';
  const missing = column.rows === 0 ? 0 : column.missing / column.rows;
  const lay =
    isQuantity && column.min !== undefined && column.max !== undefined
      ? [`${sayNumber(column.min)} to ${sayNumber(column.max)}`]
      : [];
  return [...lay, `${sayShare(missing)} missing`].join(', ');
}

function derivedIn({ derived = [] }: CardFacts['spec']): readonly CardBlock[] {
  if (derived.length === 0) return [];
  return [
    paragraph('Computed from them inside the model:'),
    list(derived.map(({ name, expression }): CardLine => [{ code: name }, ' = ', { code: sayExpression(expression) }])),
  ];
}

function mostUsed(importance: CardFacts['importance']): readonly CardBlock[] {
  const top = importance.filter(({ gain }) => gain > 0).slice(0, mostUsedMax);
  return top.length === 0 ? [] : [paragraph('Most used first: ', ...codes(top.map(({ feature }) => feature)), '.')];
}

/** How far each feature moves a score: the same that an explanation says of one row. */
function contributionsIn({ contributions }: CardFacts): readonly CardBlock[] {
  const moved = (contributions?.features ?? []).filter(({ mean }) => mean > 0).slice(0, mostUsedMax);
  if (contributions === null || moved.length === 0) return [];
  return [
    paragraph(
      `How far each moves the score of a row, whichever way, on average over ` +
        `${sayMany(contributions.rows, 'test row')}, in the unit of the score (log-odds, or the value):`,
    ),
    table(
      ['feature', 'mean size of its contribution'],
      moved.map(({ feature, mean }) => [[{ code: feature }], [sayNumber(mean)]]),
    ),
  ];
}
