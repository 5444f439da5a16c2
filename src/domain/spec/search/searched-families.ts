import type { SearchedKind, SearchSpec } from '../trainer-spec.ts';
import { isDistribution, type Distribution } from './distribution.ts';

/** A family with what is settled of it and what is searched, by the names of settings. */
export interface SearchedFamily {
  readonly family: SearchedKind;
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly searched: Readonly<Record<string, Distribution>>;
}

/** In the order of names, so that the order in which a definition says them decides nothing. */
export function familiesOf({ families }: Pick<SearchSpec, 'families'>): readonly SearchedFamily[] {
  return (Object.keys(families) as SearchedKind[]).toSorted().map((family) => {
    const settings = Object.entries(families[family] ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
      family,
      fixed: Object.fromEntries(settings.filter(([, setting]) => !isDistribution(setting))),
      searched: Object.fromEntries(
        settings.flatMap(([name, setting]) => (isDistribution(setting) ? [[name, setting]] : [])),
      ),
    };
  });
}
