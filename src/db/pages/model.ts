import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import type { ApprovalSpec } from '../../domain/spec/parts/rollout-spec.ts';
import type { About, TargetSpec } from '../../domain/spec/spec.ts';
import { annotationsOf, type AnnotationRow } from '../people/annotations.ts';
import type { Db } from '../base/connect.ts';
import { freezeOf, type Freeze } from '../routing/freezes.ts';
import { alert, modelStream, rollout, routing, run, specRevision, version } from '../schema/index.ts';
import { usualCoverage } from '../../domain/watch/mature-through.ts';
import { readModel, type ModelRow } from '../models/specs.ts';

/** The parts of a definition that a page speaks of; the features alone may be 2,000. */
export interface ModelOutline {
  readonly about: About;
  readonly target: TargetSpec;
  readonly currency: string | null;
  readonly metric: MetricName;
  readonly driftLimit: number;
  readonly features: number;
  readonly labelledRowsMin: number;
  /** Of the labels that come, the share that must have come before a row is mature. */
  readonly labelCoverage: number;
  /** No training is started by itself: an imported model, or one whose retrain rules are all off. */
  readonly isNeverRetrained: boolean;
  readonly fallback: unknown;
  /** Largest share that a rollout reaches without a person, 0..100. */
  readonly automaticPercentMax: number;
  /** Who must approve, where the definition says so. */
  readonly approval: ApprovalSpec | null;
}

export interface ModelHead {
  readonly row: ModelRow;
  readonly outline: ModelOutline;
  readonly entry: RoutingEntry | null;
  readonly lastSeq: number;
  readonly openWindow: { readonly number: number; readonly rows: number; readonly openedAt: Date | null };
  readonly freeze: Freeze | null;
  readonly annotations: readonly AnnotationRow[];
  readonly alerts: readonly (typeof alert.$inferSelect)[];
  readonly running: readonly {
    readonly runId: string;
    readonly kind: string;
    readonly trigger: string | null;
    readonly startedAt: Date;
  }[];
  readonly rollouts: readonly RolloutLine[];
  readonly versions: readonly VersionLine[];
}

export type RolloutLine = Pick<
  typeof rollout.$inferSelect,
  | 'version'
  | 'attempt'
  | 'status'
  | 'step'
  | 'baseVersion'
  | 'reason'
  | 'evidenceId'
  | 'startedAt'
  | 'heldSince'
  | 'endedAt'
>;
export type VersionLine = Pick<
  typeof version.$inferSelect,
  'version' | 'status' | 'origin' | 'specRevision' | 'labelledRows' | 'gateVerdict' | 'runId' | 'createdAt'
>;

const alertsMax = 20;
const runsMax = 10;
const rolloutsMax = 12;
const versionsMax = 20;

/** A model as its page begins. Throws `model_not_found` listing what exists. */
export async function modelHead(db: Db, name: string): Promise<ModelHead> {
  const row = await readModel(db, name);
  const [outline, routed, stream, freeze, annotations, alerts, running, rollouts, versions] = await Promise.all([
    outlineOf(db, name, row.specRevision),
    db.select({ entry: routing.entry }).from(routing).where(eq(routing.model, name)),
    db.select().from(modelStream).where(eq(modelStream.model, name)),
    freezeOf(db, name),
    annotationsOf(db, name, null),
    db
      .select()
      .from(alert)
      .where(and(eq(alert.model, name), isNull(alert.closedAt)))
      .orderBy(desc(alert.openedAt))
      .limit(alertsMax),
    db
      .select({ runId: run.runId, kind: run.kind, trigger: run.trigger, startedAt: run.startedAt })
      .from(run)
      .where(and(eq(run.model, name), eq(run.status, 'running')))
      .orderBy(desc(run.startedAt))
      .limit(runsMax),
    rolloutLines(db, name),
    versionLines(db, name),
  ]);
  const at = stream[0];
  return {
    row,
    outline,
    entry: routed[0]?.entry ?? null,
    lastSeq: at?.lastSeq ?? 0,
    openWindow: { number: at?.openWindow ?? 1, rows: at?.openRows ?? 0, openedAt: at?.openedAt ?? null },
    freeze,
    annotations,
    alerts,
    running,
    rollouts,
    versions,
  };
}

type RawOutline = {
  about: About;
  target: TargetSpec;
  currency: string | null;
  metric: MetricName;
  drift_limit: number;
  features: number;
  labelled_min: number;
  label_coverage: number | null;
  rules: Record<string, unknown> | null;
  fallback: unknown;
  automatic_max: number;
  approval: ApprovalSpec | null;
};

async function outlineOf(db: Db, name: string, revision: number): Promise<ModelOutline> {
  const result = await db.execute<RawOutline>(sql`
    select s.spec -> 'about' as about, s.spec -> 'target' as target, s.spec #>> '{value,currency}' as currency,
    s.spec #>> '{rollout,promotion,metric}' as metric,
      (s.spec #>> '{watch,effectMin}')::float8 as drift_limit, jsonb_array_length(s.spec -> 'features') as features,
      (s.spec #>> '{watch,decay,labelledRowsMin}')::int as labelled_min,
      (s.spec #>> '{watch,labelCoverage}')::float8 as label_coverage, s.spec -> 'retrain' as rules, s.spec ->
      'fallback' as fallback,
      (s.spec #>> '{rollout,automaticPercentMax}')::float8 as automatic_max,
      s.spec #> '{rollout,approval}' as approval
    from (select spec || '{}' as spec from ${specRevision} where ${specRevision.model} = ${name} and
    ${specRevision.revision} = ${revision} offset 0) s`);
  const [raw] = result.rows;
  if (raw === undefined) throw new Error(`revision ${revision} of ${name} is not stored`);
  const triggers = [
    'schedule',
    'newLabelledRows',
    'growthFactor',
    'onDrift',
    'onDecay',
    'onSpecChange',
    'onSourceChange',
    'staleAfter',
  ];
  return {
    about: raw.about,
    target: raw.target,
    currency: raw.currency,
    metric: raw.metric,
    driftLimit: raw.drift_limit,
    features: raw.features,
    labelledRowsMin: raw.labelled_min,
    labelCoverage: raw.label_coverage ?? usualCoverage,
    isNeverRetrained: triggers.every((trigger) => raw.rules?.[trigger] == null || raw.rules[trigger] === false),
    fallback: raw.fallback ?? null,
    automaticPercentMax: raw.automatic_max,
    approval: raw.approval,
  };
}

async function rolloutLines(db: Db, name: string): Promise<readonly RolloutLine[]> {
  const {
    version: number,
    attempt,
    status,
    step,
    baseVersion,
    reason,
    evidenceId,
    startedAt,
    heldSince,
    endedAt,
  } = rollout;
  return db
    .select({
      version: number,
      attempt,
      status,
      step,
      baseVersion,
      reason,
      evidenceId,
      startedAt,
      heldSince,
      endedAt,
    })
    .from(rollout)
    .where(eq(rollout.model, name))
    .orderBy(desc(rollout.startedAt))
    .limit(rolloutsMax);
}

/** Without their reports, which are tens of kilobytes each. */
async function versionLines(db: Db, name: string): Promise<readonly VersionLine[]> {
  return db
    .select({
      version: version.version,
      status: version.status,
      origin: version.origin,
      specRevision: version.specRevision,
      labelledRows: version.labelledRows,
      gateVerdict: version.gateVerdict,
      runId: version.runId,
      createdAt: version.createdAt,
    })
    .from(version)
    .where(eq(version.model, name))
    .orderBy(desc(version.version))
    .limit(versionsMax);
}
