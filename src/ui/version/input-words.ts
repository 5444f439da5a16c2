import type { VersionPage } from '../../db/pages/version.ts';
import type { FeatureKind, FeatureOf, FeatureSpec } from '../../domain/spec/spec.ts';
import { many, number, percent } from '../words/format.ts';
import { instant } from '../words/instant.ts';

type SeenColumn = VersionPage['inputs'][number];

/** What a kind says of its values. Methods, so that the words of one kind stand for any. */
interface InputWords<Feature extends FeatureSpec = FeatureSpec> {
  declared(feature: Feature): string;
  seen(column: SeenColumn): string;
}

const inputWords: { readonly [Kind in FeatureKind]: InputWords<FeatureOf<Kind>> } = {
  number: {
    declared({ min, max }) {
      if (min !== undefined && max !== undefined) return `${number(min)} to ${number(max)}`;
      if (min !== undefined) return `from ${number(min)}`;
      return max !== undefined ? `up to ${number(max)}` : 'any';
    },
    seen: seenValues,
  },
  category: {
    declared: ({ values }) => (values === undefined ? 'any text' : many(values.length, 'value')),
    seen: seenValues,
  },
  boolean: { declared: () => 'true, false', seen: (column) => `true in ${percent(column.mean)}` },
  time: {
    declared: () => 'an instant',
    seen: (column) =>
      column.min !== undefined && column.max !== undefined
        ? `${instant(column.min)} to ${instant(column.max)}`
        : seenValues(column),
  },
};

export function wordsOf(kind: FeatureKind): InputWords {
  return inputWords[kind];
}

function seenValues(column: SeenColumn): string {
  if (column.top !== undefined)
    return column.top
      .map((entry) => `${entry.value} (${percent(column.rows === 0 ? 0 : entry.rows / column.rows)})`)
      .join(', ');
  return column.min === undefined || column.max === undefined ? '—' : `${number(column.min)} to ${number(column.max)}`;
}
