import { sayExpression } from '../../domain/features/expressions/say-expression.ts';
import { isText, valuesOf } from '../../domain/features/kind-of.ts';
import { columnsOf } from '../../domain/spec/columns/columns-of.ts';
import { isPinned } from '../../domain/spec/columns/pins.ts';
import { declaredReading } from '../../domain/spec/columns/declared-reading.ts';
import { signatureOf, type Signature, type SignatureColumn } from '../../domain/spec/signature.ts';
import { servedRulesOf } from '../../domain/spec/served-rules.ts';
import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { rangeOfType } from '../../onnx/run/number-range.ts';
import { numberDoor, type NumberDoor } from './number-door.ts';
import { rowChecksOf, type RowChecks } from './refuse-by-rules.ts';
import { repairsKey, requestRepairs, type RequestRepairs } from './repair-request.ts';

export interface EdgeColumn extends SignatureColumn {
  /**
   * Why a row without it is refused; null takes the row. Only where the champion takes the feature too: a client cannot
   * know a feature before its release.
   */
  readonly neededBy: 'contract' | 'model' | null;
  /** The closed set outside of which a value is refused; null accepts any text. */
  readonly values: ReadonlySet<string> | null;
  /** The numbers that are let in; null lets in every one. */
  readonly numbers: NumberDoor | null;
}

/**
 * What the door accepts: the features of the latest spec in its order (these are logged), then those that only a loaded
 * version takes. Several revisions can so be served at once from the same rows.
 */
export interface EdgeSignature {
  readonly columns: readonly EdgeColumn[];
  readonly columnsByName: ReadonlyMap<string, EdgeColumn>;
  /** Declared rules by which a row is refused; null without any. */
  readonly checks: RowChecks | null;
  /** Cells including those beyond the logged ones. */
  readonly numberCount: number;
  readonly textCount: number;
  readonly logged: Signature;
  readonly entityColumn: string | null;
  readonly eventTimeColumn: string | null;
  /** Times that files write on the clocks of a declared zone: a request has to say its own. */
  readonly zonedColumns: ReadonlySet<string>;
  /** Features that the model computes by itself, and from what. */
  readonly derived: ReadonlyMap<string, string>;
  /** Declared repairs of the latest spec, behind which rows are checked and logged; null without any. */
  readonly repairs: RequestRepairs | null;
  /** Those of versions that were trained behind other ones; empty where all are the same. */
  readonly otherRepairs: readonly OtherRepairs[];
  /** Names of the proxies that the latest spec declares. */
  readonly proxies: readonly string[];
}

interface OtherRepairs {
  readonly key: string;
  readonly repairs: RequestRepairs | null;
  /** Columns of which they, or the latest ones, make something. */
  readonly columns: readonly SignatureColumn[];
}

/** The ONNX types of a version's inputs, by their names. */
export type InputTypes = ReadonlyMap<string, string>;

/**
 * `others` are those of versions that answer beside the champion. `types` are those of the champion: what its inputs
 * cannot hold is refused by name, not failed by the model.
 */
export function edgeSignatureOf(
  latest: ModelSpec,
  champion: ModelSpec | null,
  others: readonly (ModelSpec | null)[] = [],
  types: InputTypes = new Map(),
): EdgeSignature {
  const logged = signatureOf(latest);
  const championNames = new Set((champion ?? latest).features.map((feature) => feature.name));
  const columnsByName = new Map<string, EdgeColumn>();
  let { numberCount, textCount } = logged;
  latest.features.forEach((feature, index) => {
    const column = logged.columns[index];
    if (column === undefined) return;
    const isKnown = championNames.has(feature.name);
    columnsByName.set(feature.name, { ...column, ...strictness(latest, feature, isKnown, types.get(feature.name)) });
  });
  for (const { name, kind } of [...(champion?.features ?? []), ...others.flatMap((other) => other?.features ?? [])]) {
    if (columnsByName.has(name)) continue;
    const index = isText({ kind }) ? textCount++ : numberCount++;
    const type = championNames.has(name) ? types.get(name) : undefined;
    const neededBy = lacksMissing(type) ? 'model' : null;
    columnsByName.set(name, { name, kind, index, neededBy, values: null, numbers: numberDoor(null, null, type) });
  }
  const columns = [...columnsByName.values()];
  const repairs = requestRepairs(latest);
  return {
    columns,
    columnsByName,
    repairs,
    otherRepairs: otherRepairsOf(latest, repairs, [champion, ...others], columns),
    checks: rowChecksOf(latest, columns),
    numberCount,
    textCount,
    logged,
    entityColumn: latest.entity?.column ?? null,
    eventTimeColumn: latest.eventTime?.column ?? null,
    zonedColumns: new Set(columnsOf(latest).filter((name) => isElsewhere(declaredReading(latest, name).timeZone))),
    derived: new Map((latest.derived ?? []).map(({ name, expression }) => [name, sayExpression(expression)])),
    proxies: (latest.watch.proxies ?? []).map(({ name }) => name),
  };
}

function otherRepairsOf(
  latest: ModelSpec,
  repairs: RequestRepairs | null,
  served: readonly (ModelSpec | null)[],
  columns: readonly SignatureColumn[],
): readonly OtherRepairs[] {
  const specs = new Map(served.flatMap((spec) => (spec === null ? [] : [[repairsKey(spec), spec] as const])));
  specs.delete(repairsKey(latest));
  return [...specs].map(([key, spec]) => {
    const own = requestRepairs(spec);
    const isTouched = (name: string) => repairs?.columns.has(name) === true || own?.columns.has(name) === true;
    return { key, repairs: own, columns: columns.filter(({ name }) => isTouched(name)) };
  });
}

function strictness(
  spec: ModelSpec,
  feature: FeatureSpec,
  isKnown: boolean,
  type: string | undefined,
): Pick<EdgeColumn, 'neededBy' | 'values' | 'numbers'> {
  const rules = servedRulesOf(spec, feature);
  const values = isKnown && rules.has('values') ? valuesOf(feature) : null;
  return {
    // What comes from a view is looked up after the row was read, and may be missing then.
    neededBy: isPinned(feature)
      ? null
      : isKnown && rules.has('missing')
        ? 'contract'
        : lacksMissing(type)
          ? 'model'
          : null,
    values: values === null ? null : new Set(values),
    numbers: numberDoor(feature, rules, type),
  };
}

function isElsewhere(timeZone: string | undefined): boolean {
  return timeZone !== undefined && timeZone !== 'UTC';
}

/** A whole number and a truth value have no form for a missing one. */
function lacksMissing(type: string | undefined): boolean {
  return rangeOfType(type)?.isWhole === true;
}

/** Every field that a row may have, in the order in which people should see them. */
export function fieldNames(edge: EdgeSignature): readonly string[] {
  const names = new Set(edge.columns.map((column) => column.name));
  if (edge.entityColumn !== null) names.add(edge.entityColumn);
  if (edge.eventTimeColumn !== null) names.add(edge.eventTimeColumn);
  return [...names];
}
