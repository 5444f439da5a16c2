import type { FeatureKind } from '../spec/parts/feature-spec.ts';
import { columnsOfView, kindRead } from './rows-of-view.ts';
import { isWindowed, type ViewSpec } from './view-spec.ts';

interface KindRead {
  readonly path: string;
  readonly column: string;
  /** As what the feature needs it. */
  readonly kind: FeatureKind;
  /** As what it is read of the source. */
  readonly read: FeatureKind;
}

/** As what each feature reads its columns, beside as what they are read; a count takes any kind. */
export function kindsRead(view: ViewSpec): readonly KindRead[] {
  const kinds = new Map(columnsOfView(view).map(({ name, kind }) => [name, kind]));
  return view.features.flatMap((feature, index) => {
    const path = `features[${index}]`;
    const needs = (column: string, kind: FeatureKind, member: string) => {
      const read = kinds.get(column);
      return read === undefined ? [] : [{ path: `${path}${member}`, column, kind, read }];
    };
    if (!isWindowed(feature)) return needs(feature.name, feature.kind, '');
    const { aggregate, column, over } = feature;
    if (aggregate === 'count') return [];
    const wished = kindRead(feature);
    return [
      ...(column === null ? [] : needs(column, wished, '.column')),
      ...(over === null ? [] : needs(over, 'number', '.over')),
    ];
  });
}
