import { isText } from '../../domain/features/kind-of.ts';
import { isPinned } from '../../domain/spec/columns/pins.ts';
import { servedReferences } from '../../domain/spec/served-rules.ts';
import type { ModelSpec, ReferencesRule } from '../../domain/spec/spec.ts';
import type { EdgeSignature } from '../edge/edge-signature.ts';
import type { EdgeRow } from '../edge/edge-row.ts';

/** One cell of a row that a feature of a view fills. */
export interface ViewCell {
  readonly feature: string;
  readonly isText: boolean;
  /** Among the texts, or the numbers, of the row. */
  readonly index: number;
}

/** Cells of a row that one revision of a view fills, for one entity of the row. */
export interface ViewColumns {
  readonly view: string;
  readonly digest: string;
  /** The key columns of a row, in the order of the view's; null for a row that lacks one: it is about no entity. */
  keyOf(row: EdgeRow): readonly string[] | null;
  readonly cells: readonly ViewCell[];
}

/**
 * Which cells of the edge come from which view. A cell has one value, so where definitions pin different revisions the
 * first that has the feature says which: that of the champion, then the latest, then those of the others.
 */
export function viewColumnsOf(
  edge: EdgeSignature,
  specs: readonly (Pick<ModelSpec, 'features'> | null)[],
): readonly ViewColumns[] {
  const groups = new Map<string, { view: string; digest: string; on: readonly string[]; cells: ViewCell[] }>();
  for (const column of edge.columns) {
    const feature = specs.flatMap((spec) => spec?.features.find(({ name }) => name === column.name) ?? [])[0];
    if (feature === undefined || !isPinned(feature) || feature.from.digest === null) continue;
    const { view, digest, on, feature: name } = feature.from;
    const key = JSON.stringify([view, digest, on]);
    const group = groups.get(key) ?? { view, digest, on, cells: [] };
    group.cells.push({ feature: name, isText: isText(column), index: column.index });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ on, ...group }) => {
    return { ...group, keyOf: keyOf(edge, on) };
  });
}

/** A rule that asks a view about each row of a request. */
export interface ReferenceColumns {
  readonly rule: ReferencesRule;
  /** As in `ViewColumns`. */
  keyOf(row: EdgeRow): readonly string[] | null;
}

/** The rules by which a request is refused whose key a view does not have. */
export function referenceColumnsOf(
  edge: EdgeSignature,
  latest: Pick<ModelSpec, 'contract'>,
): readonly ReferenceColumns[] {
  return servedReferences(latest).map((rule) => ({ rule, keyOf: keyOf(edge, rule.columns) }));
}

function keyOf(edge: EdgeSignature, on: readonly string[]): ViewColumns['keyOf'] {
  const readers = on.map((name) => keyReader(edge, name));
  return (row) => keyIn(readers, row);
}

function keyIn(readers: readonly ((row: EdgeRow) => string | null)[], row: EdgeRow): readonly string[] | null {
  const key: string[] = [];
  for (const read of readers) {
    const part = read(row);
    if (part === null) return null;
    key.push(part);
  }
  return key;
}

function keyReader(edge: EdgeSignature, name: string): (row: EdgeRow) => string | null {
  if (name === edge.entityColumn) return ({ entity }) => entity;
  const column = edge.columnsByName.get(name);
  if (column === undefined || !isText(column)) return () => null;
  return ({ texts }) => texts[column.index] ?? null;
}
