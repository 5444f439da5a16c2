import type { ContractSpec, FeatureSpec, TargetSpec, TimeReading } from '../../spec/spec.ts';
import type { RowsSpec } from '../../spec/columns/rows-spec.ts';
import { ownRowsOf } from '../../spec/columns/pins.ts';

/**
 * What rows may look like, of a model or a view, and nothing else of its definition: the columns that its rows bring,
 * what they are to it, and the rules. Members are those of a definition.
 */
export interface ContractDocument {
  readonly contractFormatVersion: 1;
  readonly name: string;
  readonly entity: { readonly column: string } | null;
  readonly eventTime: ({ readonly column: string } & TimeReading) | null;
  /** Without those of views, which no row brings. */
  readonly features: readonly ContractFeature[];
  /** Null where rows have no labels, as those of a view. */
  readonly target: ContractTarget | null;
  readonly contract: ContractSpec;
}

type Without<Whole, Key extends PropertyKey> = Whole extends unknown ? Omit<Whole, Key> : never;

export type ContractFeature = Without<FeatureSpec, 'from'>;

/** When labels come is no matter of what they look like. */
export type ContractTarget = Without<TargetSpec, 'labelDelay'>;

/** The contract of a definition, with its members in one order. */
export function contractDocumentOf(spec: RowsSpec): ContractDocument {
  const { name, entity, eventTime, features, target, contract } = ownRowsOf(spec);
  return {
    contractFormatVersion: 1,
    name,
    entity: entity === null ? null : ordered(entity),
    eventTime: eventTime === null ? null : ordered(eventTime),
    features: features.map((feature) => ordered<ContractFeature>(feature)),
    target: target === null ? null : ordered<ContractTarget>(withoutDelay(target)),
    contract: ordered({ ...contract, rules: contract.rules.map((rule) => ordered(rule)) }),
  };
}

/** What checks of rows take. Of a target they never ask when its labels come. */
export function rowsSpecOf(document: ContractDocument): RowsSpec {
  const { contractFormatVersion: _, target, ...rest } = document;
  return { ...rest, target: target === null ? null : { ...target, labelDelay: { rows: 1 } } };
}

function withoutDelay(target: TargetSpec): ContractTarget {
  const { labelDelay: _, ...rest } = target;
  return rest;
}

/** Members that every reader looks for first; the others follow by the alphabet. */
const firstMembers = ['name', 'id', 'kind', 'task', 'rule', 'column', 'columns', 'missing'];

/** One order of members, whoever wrote them: equal contracts are equal texts. */
function ordered<Value extends object>(value: Value): Value {
  const rank = (key: string) => {
    const place = firstMembers.indexOf(key);
    return place === -1 ? firstMembers.length : place;
  };
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => rank(left) - rank(right) || (left < right ? -1 : 1));
  // oxlint-disable-next-line no-unsafe-type-assertion -- the same members in another order
  return Object.fromEntries(members) as Value;
}

/** The text of a document: two of one contract are equal byte by byte. */
export function contractText(document: ContractDocument): string {
  return `${JSON.stringify(contractDocumentOf(rowsSpecOf(document)), null, 2)}\n`;
}
