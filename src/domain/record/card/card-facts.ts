import type { MetricIntervals } from '../../metrics/metric-intervals.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { SliceMetrics } from '../../metrics/slice-metrics.ts';
import type { ReliabilityBin } from '../../metrics/reliability.ts';
import type { Correction } from '../../rollout/correction.ts';
import type { ModelSpec } from '../../spec/spec.ts';
import type { FitFact } from '../../training/external/say-external-fit.ts';
import type { FairnessReport } from '../../training/fairness/fairness.ts';
import type { CheckVerdict } from '../../training/gate-check.ts';
import type { MeanContributions } from '../../training/training.ts';
import type { AlertSeverity, SnapshotKind, VersionOrigin, VersionStatus } from '../closed-sets.ts';

/** What a card is written from: facts of one version, all of them stored. */
export interface CardFacts {
  readonly formatVersion: 1;
  readonly model: string;
  readonly version: number;
  readonly status: VersionStatus;
  readonly origin: VersionOrigin;
  /** In words, to the minute and in UTC, as all times of a card. */
  readonly createdAt: string;
  readonly spec: Pick<
    ModelSpec,
    'about' | 'target' | 'features' | 'derived' | 'slices' | 'split' | 'value' | 'trainer' | 'rollout'
  >;
  /** Where the rows came from, in words. */
  readonly source: string;
  readonly specRevision: number;
  readonly specDigest: string;
  /** Words of people that stand over those of the definition. */
  readonly owner: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly notes: readonly { readonly text: string; readonly actor: string; readonly at: string }[];
  /** How the fit was chosen; of a program of somebody else, where it ran and what it says. */
  readonly fitFacts: readonly FitFact[];
  readonly family: string | null;
  readonly trees: number | null;
  readonly threshold: number | null;
  readonly rows: {
    readonly all: number;
    readonly training: number;
    readonly validation: number;
    readonly test: number;
    readonly folds?: number;
  } | null;
  readonly labelledRows: number;
  readonly throughWindow: number | null;
  readonly data: CardData;
  readonly metrics: Metrics | null;
  readonly intervals: MetricIntervals;
  readonly baselines: readonly { readonly name: string; readonly metrics: Metrics }[];
  /** Of two classes: what was said against what came true on the test rows; null for other tasks. */
  readonly reliability: readonly ReliabilityBin[] | null;
  readonly slices: readonly SliceMetrics[];
  /** Null where no groups are declared. */
  readonly fairness: FairnessReport | null;
  readonly importance: readonly { readonly feature: string; readonly gain: number }[];
  /** Null where the file cannot be explained exactly, and for versions of early releases. */
  readonly contributions: MeanContributions | null;
  readonly gate: {
    readonly verdict: string;
    readonly at: string;
    readonly checks: readonly { readonly verdict: CheckVerdict; readonly text: string }[];
  } | null;
  readonly correction: Pick<Correction, 'slope' | 'intercepts'> | null;
  /** What answers when the model cannot; null when nothing is declared. */
  readonly fallback: string | null;
  /** Open alerts of its model while it answers, the gravest first; none for a version that answers nobody. */
  readonly alerts: readonly { readonly severity: AlertSeverity; readonly title: string; readonly since: string }[];
  /** When it became champion and when it ceased to be, oldest first. */
  readonly moves: readonly CardMove[];
  readonly rollouts: readonly CardRollout[];
  readonly modelDigest: string;
  /** What made it, as its gate recorded it; null for imports and versions of early releases. */
  readonly madeBy: { readonly digest: string; readonly node: string; readonly platform: string } | null;
}

export interface CardData {
  /** Those that its training named; what they continue belongs to them. */
  readonly snapshots: readonly {
    readonly digest: string;
    readonly kind: SnapshotKind;
    readonly rows: number;
    readonly quarantinedRows: number;
    readonly createdAt: string;
    /** Tags of its model that name it. */
    readonly tags: readonly string[];
  }[];
  /** Of the declared event time over these snapshots; null where none is declared or its span is not recorded. */
  readonly span: { readonly from: string; readonly to: string } | null;
  /** Rows that erasures took since from the named snapshots, and from how many of them. */
  readonly erased: { readonly rows: number; readonly snapshots: number };
  /** Of the largest snapshot, to say between which values a number of the training lay. */
  readonly seen: readonly {
    readonly name: string;
    readonly min?: number;
    readonly max?: number;
    readonly missing: number;
    readonly rows: number;
  }[];
}

export interface CardMove {
  readonly at: string;
  readonly what: string;
  readonly actor: string;
  readonly why: string;
}

export interface CardRollout {
  readonly attempt: number;
  readonly status: string;
  readonly reason: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Whose approvals are recorded; commands are kept for a time, so that none says nothing. */
  readonly approvedBy: readonly string[];
}
