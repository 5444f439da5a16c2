import type { InputUse, MissingPolicy, ServePolicy } from '../../domain/spec/closed-sets.ts';
import type {
  BooleanFeature,
  CategoryFeature,
  FeatureSpec,
  NumberFeature,
  TimeFeature,
  TimeReading,
} from '../../domain/spec/spec.ts';
import type { DerivedDeclaration } from './expressions.ts';
import { listed, written } from './written.ts';

/**
 * What every feature can say. `missing` is `refuse` unless told: a row without the value is then refused at the door.
 * `serve` says what the API does with any value that breaks what is declared: `refuse` it by name, or `accept`, answer
 * and watch it. `use: 'derived'` is an input that the model sees through derived features alone, or, where a trainer
 * names it as the weight of rows, not at all.
 */
export interface FeatureOptions<Missing extends MissingPolicy> {
  readonly missing?: Missing;
  readonly about?: string;
  readonly serve?: ServePolicy;
  readonly use?: InputUse;
}

type Declared<Feature extends FeatureSpec, Missing extends MissingPolicy> = Omit<Feature, 'name' | 'missing'> & {
  readonly missing: Missing;
};

export type NumberDeclaration<Missing extends MissingPolicy = MissingPolicy> = Declared<NumberFeature, Missing>;
export type BooleanDeclaration<Missing extends MissingPolicy = MissingPolicy> = Declared<BooleanFeature, Missing>;
export type TimeDeclaration<Missing extends MissingPolicy = MissingPolicy> = Declared<TimeFeature, Missing>;
export type CategoryDeclaration<Value extends string = string, Missing extends MissingPolicy = MissingPolicy> = Omit<
  Declared<CategoryFeature, Missing>,
  'values'
> & { readonly values?: readonly Value[] };

export type FeatureDeclaration = NumberDeclaration | CategoryDeclaration | BooleanDeclaration | TimeDeclaration;
/** Names to declarations of inputs; the order in which they are written is the signature order. */
export type FeatureDeclarations = { readonly [name: string]: FeatureDeclaration };
/** The same with features among them that are computed from the inputs. */
export type DeclaredFeatures = { readonly [name: string]: FeatureDeclaration | DerivedDeclaration };
/** What a row carries: all but what is computed. */
export type InputsOf<Features extends DeclaredFeatures> = {
  readonly [Name in keyof Features as Features[Name] extends DerivedDeclaration ? never : Name]: Extract<
    Features[Name],
    FeatureDeclaration
  >;
};

// `NoInfer`: inside `defineModel` the expected type would otherwise widen `missing` to either word, and a row without a
// required feature would compile.

/** A number; `min` and `max` are inclusive, `integer` refuses fractions. */
export function number<Missing extends MissingPolicy = 'refuse'>(
  options: FeatureOptions<Missing> & { readonly min?: number; readonly max?: number; readonly integer?: boolean } = {},
): NumberDeclaration<NoInfer<Missing>> {
  return { missing: usual<Missing>(), ...written(options, 'number'), kind: 'number' };
}

/** One word of a closed list; without a list any text, and what was never seen goes the way of missing values. */
export function category<const Value extends string = string, Missing extends MissingPolicy = 'refuse'>(
  values?: readonly Value[],
  options: FeatureOptions<Missing> = {},
): CategoryDeclaration<Value, NoInfer<Missing>> {
  const closed = values === undefined ? {} : { values: listed(values, 'category') };
  return { missing: usual<Missing>(), ...written(options, 'category'), kind: 'category', ...closed };
}

/** True or false. */
export function boolean<Missing extends MissingPolicy = 'refuse'>(
  options: FeatureOptions<Missing> = {},
): BooleanDeclaration<NoInfer<Missing>> {
  return { missing: usual<Missing>(), ...written(options, 'boolean'), kind: 'boolean' };
}

/**
 * An instant; the model sees hour of day and day of week, in UTC. `dateOrder`, `timeZone` and `epochUnit` say how files
 * write it, where a cell does not: `04/07/20`, `2026-05-03 14:03`, `1767225600`.
 */
export function time<Missing extends MissingPolicy = 'refuse'>(
  options: FeatureOptions<Missing> & TimeReading = {},
): TimeDeclaration<NoInfer<Missing>> {
  return { missing: usual<Missing>(), ...written(options, 'time'), kind: 'time' };
}

/** The default of the type parameter and this default are the same word; the compiler cannot see that. */
function usual<Missing extends MissingPolicy>(): Missing {
  return 'refuse' as Missing;
}
