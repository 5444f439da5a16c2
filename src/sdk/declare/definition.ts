import type { RolloutInput, WatchInput } from '../../domain/spec/default-spec.ts';
import type { SourceSpec } from '../../domain/spec/source-spec.ts';
import type {
  About,
  ContractSpec,
  LeakageSpec,
  ModelSpec,
  RepairSpec,
  RetentionSpec,
  RetrainSpec,
  RolloutSpec,
  SplitSpec,
  TimeReading,
  WatchSpec,
} from '../../domain/spec/spec.ts';
import type { UserStepsInput } from '../../domain/spec/user-steps/user-step-spec.ts';
import type { CanaryStep } from '../../domain/spec/parts/rollout-spec.ts';
import type { CronSchedule } from '../../domain/spec/parts/retrain-spec.ts';
import type { DurationText, ExtentInput } from './extent-text.ts';
import type { AnswerOf, FallbackDefinition } from './fallback.ts';
import type { DeclaredFeatures, FeatureDeclaration, FeatureDeclarations, InputsOf } from './features.ts';
import type { Gate, MetricOf } from './gates.ts';
import type { MoneyDeclaration } from './money.ts';
import type { OutlierDeclaration } from './outliers.ts';
import type { BinaryDeclaration, MulticlassDeclaration, TargetDeclaration } from './target.ts';
import type { TrainerDeclaration } from './trainer/trainer.ts';

/** Names of the features of some kinds. */
type NameOf<Features extends DeclaredFeatures, Kind extends FeatureDeclaration['kind']> = {
  [Name in keyof Features & string]: Features[Name]['kind'] extends Kind ? Name : never;
}[keyof Features & string];

/** What a person writes: five required parts, everything else has a default (`src/domain/spec/default-spec.ts`). */
export interface Definition<
  Features extends DeclaredFeatures,
  Target extends TargetDeclaration,
  Keys extends string = string,
> {
  readonly about: About;
  /** Inputs, and features that are computed from them: `perItem: derived(ratio(col('amount'), col('items')))`. */
  readonly features: Features;
  readonly target: Target;
  readonly source: SourceSpec;
  /** Column whose value stays on one side of a canary: a cardholder, a machine. */
  readonly entity?: Keys;
  /** Column that orders rows in time; as an object it says how files write it, where it is no feature. */
  readonly eventTime?: Keys | ({ readonly column: Keys } & TimeReading);
  /** What is done to rows before the contract judges them, in this order: `repair.trim('name')`, … */
  readonly repairs?: readonly RepairSpec[];
  readonly contract?: Partial<ContractSpec>;
  readonly trainer?: TrainerDeclaration;
  readonly split?: Partial<SplitSpec>;
  readonly gates?: readonly Gate<MetricOf<Target['task']>>[];
  /** Parts of the rows that are judged apart: every value of a column, or one value or range under a name. */
  readonly slices?: readonly SliceDefinition<Features>[];
  /**
   * Groups of people between whom each version is compared, on its card:
   * `{ groups: ['sex', { feature: 'age', cuts: [30, 50] }] }`. An input with `use: 'derived'` is no feature,
   * and may be a group all the same.
   */
  readonly fairness?: { readonly groups: readonly GroupingDefinition<Features>[] };
  /** What each outcome of a binary decision is worth. */
  readonly value?: Target extends BinaryDeclaration ? ValueDefinition<NameOf<Features, 'number'>> : never;
  readonly rollout?: RolloutDefinition<MetricOf<Target['task']>>;
  readonly watch?: WatchDefinition;
  readonly retrain?: RetrainDefinition;
  /** How long what the model leaves is kept: `{ predictions: '90 days', artifacts: null }`; null is for ever. */
  readonly retention?: RetentionDefinition;
  /** What is answered, marked as such, while no version can: `answerWith(...)` or `answerByRules([...], otherwise)`. */
  readonly fallback?: FallbackDefinition<keyof InputsOf<Features> & string, AnswerOf<Target>>;
  /**
   * Features that look as if they knew the target and may be learnt from all the same, with the reason:
   * `{ allow: ['discount'], reason: 'known when the order is placed' }`. Absent, a training with a suspicion stops.
   */
  readonly leakage?: LeakageDefinition<keyof InputsOf<Features> & string>;
  /**
   * What is done about numbers beyond limits that each training learns from its training rows: `outlier.clip({
   * quantiles: [0.001, 0.999] })`, `outlier.missing(...)` or `outlier.drop(...)`, one or a list by feature.
   */
  readonly outliers?:
    | OutlierDeclaration<keyof Features & string>
    | readonly OutlierDeclaration<keyof Features & string>[];
  /**
   * Activities of your own that are asked at declared points: `{ evaluate: [step('fairness-audit', { queue: 'risk' })]
   * }`.
   */
  readonly steps?: UserStepsInput;
}

export type LeakageDefinition<Names extends string> = Partial<Omit<LeakageSpec, 'allow' | 'reason'>> & {
  readonly allow?: readonly (Names | '_order')[];
  readonly reason: string;
};

type GroupingDefinition<Features extends DeclaredFeatures> =
  | NameOf<Features, 'category' | 'boolean'>
  | { readonly feature: NameOf<Features, 'number'>; readonly cuts: readonly number[] };

type SliceDefinition<Features extends DeclaredFeatures> =
  | NameOf<Features, 'category' | 'boolean'>
  | {
      readonly name: string;
      readonly feature: NameOf<Features, 'category' | 'boolean'>;
      readonly is: string | boolean;
    }
  | {
      readonly name: string;
      readonly feature: NameOf<Features, 'number'>;
      readonly from?: number;
      readonly below?: number;
    };

export interface ValueDefinition<Column extends string> {
  readonly currency: string;
  readonly truePositive: MoneyDeclaration<Column>;
  readonly falsePositive: MoneyDeclaration<Column>;
  readonly trueNegative: MoneyDeclaration<Column>;
  readonly falseNegative: MoneyDeclaration<Column>;
}

type RolloutExtents = 'shadow' | 'canary' | 'lookEvery' | 'deadline';
export type RolloutDefinition<Metric> = Omit<RolloutInput, RolloutExtents | 'promotion'> & {
  readonly shadow?: ExtentInput;
  readonly canary?: readonly (Omit<CanaryStep, 'extent'> & { readonly extent: ExtentInput })[];
  readonly lookEvery?: ExtentInput;
  readonly deadline?: ExtentInput;
  readonly promotion?: Partial<Omit<RolloutSpec['promotion'], 'metric'>> & { readonly metric?: Metric };
};

export type WatchDefinition = Omit<WatchInput, 'window'> & {
  readonly window?: ExtentInput;
  readonly decay?: Partial<WatchSpec['decay']>;
};

export type RetrainDefinition = Partial<Omit<RetrainSpec, 'schedule' | 'staleAfter' | 'cooldown' | 'budget'>> & {
  /** `'7 days'`, `'10000 rows'`, or `cron('0 3 * * 1', 'Europe/Berlin')`. */
  readonly schedule?: ExtentInput | CronSchedule | null;
  readonly staleAfter?: ExtentInput | null;
  readonly cooldown?: ExtentInput;
  readonly budget?: Omit<RetrainSpec['budget'], 'per'> & { readonly per: ExtentInput };
};

export type RetentionDefinition = {
  readonly [Part in keyof RetentionSpec]?: DurationText | RetentionSpec[Part];
};

declare const declared: unique symbol;

/** The spec as plain JSON; what its types know beyond that exists for the compiler only. */
export type DefinedModel<
  Name extends string = string,
  Features extends FeatureDeclarations = FeatureDeclarations,
  Target extends TargetDeclaration = TargetDeclaration,
  Keys extends string = never,
> = ModelSpec & {
  readonly name: Name;
  readonly [declared]?: { readonly features: Features; readonly target: Target; readonly keys: Keys };
};

/** What a row may hold, by the kind of the feature. */
interface ValueByKind<Feature extends FeatureDeclaration> {
  readonly number: number;
  readonly category: Feature extends { readonly values?: readonly (infer Value)[] } ? Value : string;
  readonly boolean: boolean;
  readonly time: string | number;
}
type ValueOf<Feature extends FeatureDeclaration> = ValueByKind<Feature>[Feature['kind']];

type Optional<Features extends FeatureDeclarations> = {
  [Name in keyof Features]: Features[Name]['missing'] extends 'refuse' ? never : Name;
}[keyof Features];

/** The entity and the event time, where they are no features: a row may carry them. */
type KeyInputs<Features extends FeatureDeclarations, Keys extends string> = {
  readonly [Name in Exclude<Keys, keyof Features>]?: string | number;
};
type Inputs<Features extends FeatureDeclarations> = {
  readonly [Name in Exclude<keyof Features, Optional<Features>>]: ValueOf<Features[Name]>;
} & {
  readonly [Name in Optional<Features>]?: ValueOf<Features[Name]> | null;
};
type Flat<Shape> = { readonly [Name in keyof Shape]: Shape[Name] };

type DeclaredOf<Model> = Model extends { readonly [declared]?: infer Parts } ? NonNullable<Parts> : never;

/** One row as a client sends it: a wrong category is a compile error; what may be missing may be null or left out. */
export type InputOf<Model> = [DeclaredOf<Model>] extends [never]
  ? never
  : DeclaredOf<Model> extends {
        readonly features: infer Features extends FeatureDeclarations;
        readonly keys: infer Keys extends string;
      }
    ? Flat<Inputs<Features> & KeyInputs<Features, Keys>>
    : never;

/** A label in the words of the business; a number for regression. */
export type LabelOf<Model> = [DeclaredOf<Model>] extends [never]
  ? never
  : DeclaredOf<Model> extends { readonly target: infer Target }
    ? Target extends BinaryDeclaration<infer Label>
      ? Label
      : Target extends MulticlassDeclaration<infer Label>
        ? Label
        : number
    : never;
