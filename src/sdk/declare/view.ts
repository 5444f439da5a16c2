import { checkView } from '../../domain/view/check-view.ts';
import { completeView } from '../../domain/view/default-view.ts';
import type { ViewFeatureSpec, ViewSpec, WindowFeature } from '../../domain/view/view-spec.ts';
import { isWindowed } from '../../domain/view/view-spec.ts';
import type { ContractSpec, TimeReading } from '../../domain/spec/spec.ts';
import type { SourceSpec } from '../../domain/spec/source-spec.ts';
import { nearestName, listNames } from '../../domain/words/nearest-name.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { milliseconds, type DurationText } from './extent-text.ts';
import type {
  BooleanDeclaration,
  CategoryDeclaration,
  FeatureDeclaration,
  NumberDeclaration,
  TimeDeclaration,
} from './features.ts';
import type { WindowDeclaration } from './windows.ts';
import { orderedEntries, refuseMisplaced, refuseOtherMembers, refuseUndeclared, written } from './written.ts';

type Default = NonNullable<ViewFeatureSpec['onMissing']>;
type ViewFeatureDeclaration = (FeatureDeclaration | WindowDeclaration) & { readonly onMissing?: Default };
/** Names to declarations; a name that is no window is the column of the source. */
export type ViewFeatureDeclarations = { readonly [name: string]: ViewFeatureDeclaration };

/** What a person writes of a view. */
export interface ViewDefinition<Features extends ViewFeatureDeclarations> {
  readonly name: string;
  readonly owner: string;
  readonly about?: string;
  /** Columns that together name whom a row is about. */
  readonly entity: string | readonly [string, ...string[]];
  /** Column that says when it happened; as an object it says how files write it. */
  readonly eventTime: string | ({ readonly column: string } & TimeReading);
  /** Column that says from when on it was known; left out: when Perennial received it. */
  readonly availableTime?: string | ({ readonly column: string } & TimeReading);
  /** Column that names an event: a later row of the same id corrects it. */
  readonly rowId?: string;
  readonly features: Features;
  /** `'30 days'`: age from which the latest row counts as none; left out, null or 0: never. */
  readonly ttl?: DurationText | 0 | null;
  /**
   * `'400 days'`: how long a row stays in history once it was known, at least the ttl and every window; left out: for
   * ever. Only of a source that is read on.
   */
  readonly keep?: DurationText;
  readonly contract?: Partial<ContractSpec>;
  readonly source: SourceSpec;
}

declare const declared: unique symbol;

/** The view as plain JSON; what its types know beyond that exists for the compiler only. */
export type DefinedView<Features extends ViewFeatureDeclarations = ViewFeatureDeclarations> = ViewSpec & {
  readonly [declared]?: Features;
};

/** Members of a definition, and whether it needs them. */
const members = {
  name: true,
  owner: true,
  entity: true,
  eventTime: true,
  features: true,
  source: true,
  about: false,
  availableTime: false,
  rowId: false,
  ttl: false,
  keep: false,
  contract: false,
} as const satisfies Record<keyof ViewDefinition<ViewFeatureDeclarations>, boolean>;

/**
 * Declares a feature view: the whole spec as plain JSON, with every default filled in. What types cannot see is checked
 * here. Throws invalid_spec, which names every offending path and how to correct it.
 */
export function defineView<const Features extends ViewFeatureDeclarations>(
  definition: ViewDefinition<Features>,
): DefinedView<Features> {
  refuseMisplaced(
    typeof definition === 'object',
    'defineView',
    "defineView({ name: 'cards', features: { … }, source })",
  );
  refuseOtherMembers(definition, `view ${definition.name}`, members);
  refuseUndeclared(definition.source, 'source', 'kind', "folder('exports', { … }) or another source (docs/sdk.md)");
  const { name, owner, about, entity, eventTime, availableTime, rowId, features, ttl, keep } = definition;
  const { contract, source } = definition;
  const view = completeView({
    name,
    owner,
    ...(about === undefined ? {} : { about }),
    entity: typeof entity === 'string' ? [entity] : [...entity],
    eventTime: timeOf(eventTime),
    ...(availableTime === undefined ? {} : { availableTime: timeOf(availableTime) }),
    ...(rowId === undefined ? {} : { rowId }),
    features: orderedEntries(features, 'features').map(([feature, declaration]) => specOf(feature, declaration)),
    ttlMs: ttl === undefined || ttl === null || ttl === 0 ? null : milliseconds(ttl, 'ttl'),
    ...(keep === undefined ? {} : { keepMs: milliseconds(keep, 'keep') }),
    ...(contract === undefined ? {} : { contract }),
    source,
  });
  const problems = checkView(view);
  if (problems.length > 0)
    throw new PerennialError(
      'invalid_spec',
      `view ${name}: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
      {
        path: problems[0]?.path ?? 'name',
        hint: problems.map(({ path, fix }) => `${path}: ${fix}`).join(' '),
      },
    );
  return view;
}

function timeOf(time: string | ({ readonly column: string } & TimeReading)) {
  return typeof time === 'string' ? { column: time } : time;
}

function specOf(name: string, declaration: ViewFeatureDeclaration): ViewFeatureSpec {
  refuseUndeclared(declaration, `features.${name}`, 'kind', 'number(), windowed.count(…) or another (docs/sdk.md)');
  if ('aggregate' in declaration) return { name, ...declaration };
  // A cell of a view may be empty: whether a model takes that is said where the model takes the feature.
  const { missing: _, serve: _serve, ...rest } = declaration;
  return { name, ...rest };
}

/** As what a model sees a feature of a view. */
type SeenAs<Feature> = Feature extends { readonly aggregate: WindowFeature['aggregate']; readonly kind: infer Kind }
  ? ByKind<Kind>
  : Feature extends CategoryDeclaration<infer Value>
    ? CategoryDeclaration<Value, 'allow'>
    : Feature extends { readonly kind: infer Kind }
      ? ByKind<Kind>
      : never;
type ByKind<Kind> = Kind extends 'number'
  ? NumberDeclaration<'allow'>
  : Kind extends 'category'
    ? CategoryDeclaration<string, 'allow'>
    : Kind extends 'boolean'
      ? BooleanDeclaration<'allow'>
      : TimeDeclaration<'allow'>;

type FeaturesOf<View> = View extends { readonly [declared]?: infer Features } ? NonNullable<Features> : never;

interface FromOptions {
  /** Columns of the model's rows that name whom they are about, where they are called otherwise than in the view. */
  readonly on?: string | readonly string[];
  /** The revision of the view; left out, `apply` takes the one that the model has, or the newest. */
  readonly digest?: string;
}

/**
 * Features of a view as features of a model, to be spread into its `features`: `...from(cardholders, ['spend7d'])`. A
 * training row gets the values that were known at its event time. May be missing, as whoever is new has none.
 */
export function from<const View extends DefinedView, const Name extends keyof FeaturesOf<View> & string>(
  view: View,
  names: readonly Name[],
  options: FromOptions = {},
): { readonly [Key in Name]: SeenAs<FeaturesOf<View>[Key]> } {
  const on = options.on === undefined ? view.entity : typeof options.on === 'string' ? [options.on] : options.on;
  if (on.length !== view.entity.length)
    throw new PerennialError(
      'invalid_spec',
      `view ${view.name} is looked up by ${listNames(view.entity)}, and ${on.length} columns are named`,
      { path: 'features.on', hint: `Name ${view.entity.length}, in the same order.` },
    );
  const entries = names.map((name) => {
    const feature = view.features.find((one) => one.name === name);
    if (feature === undefined) {
      const known = view.features.map((one) => one.name);
      const nearest = nearestName(name, known);
      throw new PerennialError('invalid_spec', `view ${view.name} has no feature ${name}`, {
        path: `features.${name}`,
        hint: nearest === null ? `It has ${listNames(known)}.` : `Did you mean ${nearest}?`,
      });
    }
    return [
      name,
      seen(feature, {
        view: view.name,
        feature: name,
        ...written(options, 'from'),
        digest: options.digest ?? null,
        on: [...on],
      }),
    ];
  });
  // The types of the entries follow from the features of the view, name by name.
  return Object.fromEntries(entries) as { readonly [Key in Name]: SeenAs<FeaturesOf<View>[Key]> };
}

function seen(feature: ViewFeatureSpec, from: FeatureDeclaration['from']) {
  const about = feature.about === undefined ? {} : { about: feature.about };
  const values =
    !isWindowed(feature) && 'values' in feature && feature.values !== undefined ? { values: feature.values } : {};
  return { kind: feature.kind, ...values, missing: 'allow', ...about, from };
}
