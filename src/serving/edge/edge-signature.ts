import { isText, valuesOf } from '../../domain/features/kind-of.ts';
import { signatureOf, type Signature, type SignatureColumn } from '../../domain/spec/signature.ts';
import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';

export interface EdgeColumn extends SignatureColumn {
  /**
   * A row without it is refused. Only where the champion takes the feature too: a client cannot know a feature before
   * its release.
   */
  readonly isRequired: boolean;
  /** The closed set outside of which a value is refused; null accepts any text. */
  readonly values: ReadonlySet<string> | null;
}

/**
 * What the door accepts: the features of the latest spec in its order (these are logged), then those that only a loaded
 * version takes. Several revisions can so be served at once from the same rows.
 */
export interface EdgeSignature {
  readonly columns: readonly EdgeColumn[];
  readonly columnsByName: ReadonlyMap<string, EdgeColumn>;
  /** Cells including those beyond the logged ones. */
  readonly numberCount: number;
  readonly textCount: number;
  readonly logged: Signature;
  readonly entityColumn: string | null;
  readonly eventTimeColumn: string | null;
}

export function edgeSignatureOf(
  latest: ModelSpec,
  champion: ModelSpec | null,
  challenger: ModelSpec | null,
): EdgeSignature {
  const logged = signatureOf(latest);
  const championNames = new Set((champion ?? latest).features.map((feature) => feature.name));
  const columnsByName = new Map<string, EdgeColumn>();
  let { numberCount, textCount } = logged;
  latest.features.forEach((feature, index) => {
    const column = logged.columns[index];
    if (column !== undefined)
      columnsByName.set(feature.name, { ...column, ...strictness(feature, championNames.has(feature.name)) });
  });
  for (const feature of [...(champion?.features ?? []), ...(challenger?.features ?? [])]) {
    if (columnsByName.has(feature.name)) continue;
    const index = isText(feature) ? textCount++ : numberCount++;
    columnsByName.set(feature.name, { name: feature.name, kind: feature.kind, index, isRequired: false, values: null });
  }
  return {
    columns: [...columnsByName.values()],
    columnsByName,
    numberCount,
    textCount,
    logged,
    entityColumn: latest.entity?.column ?? null,
    eventTimeColumn: latest.eventTime?.column ?? null,
  };
}

function strictness(feature: FeatureSpec, isKnown: boolean): Pick<EdgeColumn, 'isRequired' | 'values'> {
  const isRequired = isKnown && feature.missing === 'refuse';
  const values = isRequired ? valuesOf(feature) : null;
  return { isRequired, values: values === null ? null : new Set(values) };
}

/** Every field that a row may have, in the order in which people should see them. */
export function fieldNames(edge: EdgeSignature): readonly string[] {
  const names = new Set(edge.columns.map((column) => column.name));
  if (edge.entityColumn !== null) names.add(edge.entityColumn);
  if (edge.eventTimeColumn !== null) names.add(edge.eventTimeColumn);
  return [...names];
}
