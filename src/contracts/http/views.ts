import {
  alertSeverities,
  annotationKinds,
  freezeKinds,
  runKinds,
  runStatuses,
  versionOrigins,
  versionStatuses,
} from '../../domain/record/closed-sets.ts';
import { successVerdicts } from '../../domain/watch/judge-success.ts';
import { estimateView, proxyView } from './unlabelled-views.ts';
import { rolloutStatuses, stages } from '../../domain/rollout/routing.ts';
import { z } from 'zod';
import { nextSchema } from './page.ts';
import { viewStanding } from './data/online-views.ts';
import { stepCallView } from './step-calls.ts';
import { watchedView } from './watched-view.ts';

/** What is read: shapes of the answers of the control API, the CLI and the pages. Instants are ISO 8601 text in UTC. */
const instant = z.string();
const count = z.number();
const document = z.record(z.string(), z.unknown());
const metrics = z.record(z.string(), z.number());

export const rolloutView = z.object({
  version: z.int(),
  attempt: z.int(),
  status: z.enum(rolloutStatuses),
  /** Null before the first has begun, 0 shadow, 1.. canary steps, `steps` the wait for paired evidence. */
  step: z.int().nullable(),
  /** Number of the last step: canary steps plus the wait for paired evidence. */
  steps: z.int(),
  stepBegun: z.boolean(),
  stepStartedSeq: count,
  settledSeq: count,
  looks: z.int(),
  baseVersion: z.int().nullable(),
  waitsFor: z.string().nullable(),
  reason: z.string().nullable(),
  startedAt: instant,
  heldSince: instant.nullable(),
  endedAt: instant.nullable(),
});

export const runView = z.object({
  runId: z.string(),
  model: z.string(),
  kind: z.enum(runKinds),
  status: z.enum(runStatuses),
  trigger: z.string().nullable(),
  detail: z.string().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
});

export const runDetailView = runView.extend({
  /** Steps of the model's owner that it has asked, in their order. */
  userSteps: z.array(stepCallView),
  input: document,
  output: document.nullable(),
  link: z.string().nullable(),
});

export const alertView = z.object({
  alertId: z.int(),
  model: z.string(),
  kind: z.string(),
  subject: z.string(),
  severity: z.enum(alertSeverities),
  title: z.string(),
  body: z.string(),
  openedAt: instant,
  closedAt: instant.nullable(),
});

export const championView = z.object({
  version: z.int().nullable(),
  since: instant,
  actor: z.string(),
  why: z.string(),
  evidenceId: z.int().nullable(),
});

export const statusView = z.object({
  model: z.string(),
  owner: z.string(),
  useCase: z.string(),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  specRevision: z.int(),
  paused: z.object({ by: z.string(), reason: z.string() }).nullable(),
  /** While it stands, nothing automatic changes the model; `model` is `*` for a freeze of every model. */
  frozen: z
    .object({ model: z.string(), kind: z.enum(freezeKinds), by: z.string(), reason: z.string(), since: instant })
    .nullable(),
  /** While it stands, nothing of the model is removed, whatever its age. */
  held: z.object({ by: z.string(), reason: z.string(), since: instant }).nullable(),
  /** Milliseconds for which what the model leaves is kept; null is for ever. */
  keptMs: z.object({
    predictions: count.nullable(),
    labels: count.nullable(),
    evidence: count.nullable(),
    artifacts: count.nullable(),
  }),
  /** Bytes as measured within the last hours, from the youngest rows; null before the first time. */
  storage: z
    .object({
      bytesPerPrediction: z.number().nullable(),
      predictionBytes: count,
      labelBytes: count,
      evidenceBytes: count,
      artifactBytes: count,
      measuredAt: instant,
    })
    .nullable(),
  stage: z.enum(stages),
  routingRevision: z.int(),
  champion: championView.nullable(),
  challenger: z.object({ version: z.int(), percent: z.number() }).nullable(),
  rollout: rolloutView.nullable(),
  predictions: count,
  labels: count,
  /** How labels came by the last window that was judged; null before the first, or where its evidence does not say. */
  labelArrival: z
    .object({
      window: z.int(),
      /** Position of the last row that verdicts look at; 0 for none. */
      matureSeq: count,
      /** Rows within which `coverage` of the labels of the slowest class come; null where that is not known. */
      delayRows: count.nullable(),
      coverage: z.number(),
      /** Of rows that are old enough, the share without a label; null where it is not known. */
      neverShare: z.number().nullable(),
      text: z.string(),
    })
    .nullable(),
  openWindow: z.object({ number: z.int(), rows: z.int() }),
  lastClosedWindow: z.int(),
  lastJudgedWindow: z.int(),
  lastDecidedWindow: z.int(),
  /** What the last judged window says of a criterion of success that is a metric with a bound; null for words. */
  success: z
    .object({
      window: z.int(),
      verdict: z.enum(successVerdicts),
      value: z.number().nullable(),
      /** The truth lies below the first, and above the second, with probability 0.025 each. */
      lower: z.number().nullable(),
      upper: z.number().nullable(),
      labelledRows: count,
      rows: count,
      throughSeq: count,
      text: z.string(),
    })
    .nullable(),
  ...watchedView,
  estimate: estimateView.nullable(),
  proxies: z.array(proxyView),
  /** Feature views whose values were served within the last week, or were ever computed anew. */
  views: z.array(viewStanding),
  lastDecision: z.object({ key: z.string(), retrain: z.boolean(), reason: z.string(), at: instant }).nullable(),
  running: z.array(runView),
  openAlerts: z.array(alertView),
  versions: z.int(),
  nextVersion: z.int(),
  link: z.string().nullable(),
});

/** What a client that replays traffic waits for: every number only grows while traffic flows. */
export const settledView = z.object({
  model: z.string(),
  lastSeq: count,
  lastClosedWindow: z.int(),
  lastJudgedWindow: z.int(),
  lastDecidedWindow: z.int(),
  runningTrainings: z.int(),
  championVersion: z.int().nullable(),
  routingRevision: z.int(),
  rollout: rolloutView
    .pick({ version: true, attempt: true, status: true, step: true, stepBegun: true, settledSeq: true })
    .nullable(),
  labels: count,
  /** True when nothing that follows from the rows so far is still to be decided. */
  isSettled: z.boolean(),
  waitsFor: z.string().nullable(),
});

export const moveView = z.object({
  moveId: z.int(),
  alias: z.string(),
  fromVersion: z.int().nullable(),
  toVersion: z.int().nullable(),
  actor: z.string(),
  why: z.string(),
  evidence: z.object({ evidenceId: z.int(), kind: z.string(), verdict: z.string(), body: document }).nullable(),
  routingRevision: z.int(),
  at: instant,
});

export const annotationKind = z.enum(annotationKinds);

export const annotationView = z.object({
  annotationId: z.int(),
  model: z.string(),
  /** Null speaks of the model itself. */
  version: z.int().nullable(),
  kind: annotationKind,
  text: z.string(),
  by: z.string(),
  at: instant,
});

export const versionView = z.object({
  version: z.int(),
  status: z.enum(versionStatuses),
  /** Made by a training here, or brought by an import. */
  origin: z.enum(versionOrigins),
  family: z.string().nullable(),
  runId: z.string(),
  specRevision: z.int(),
  labelledRows: count,
  /** Null when no served traffic was used. */
  throughWindow: z.int().nullable(),
  threshold: z.number().nullable(),
  metrics,
  gateVerdict: z.string(),
  gateEvidenceId: z.int().nullable(),
  createdAt: instant,
});

export const versionDetailView = versionView.extend({
  modelDigest: z.string(),
  profileDigest: z.string(),
  snapshots: z.array(z.string()),
  /** Of the features that come from views: which ones, of which revision; absent where none does. */
  views: z
    .array(z.object({ view: z.string(), revision: z.int(), digest: z.string(), features: z.array(z.string()) }))
    .nullish(),
  report: document,
  gateEvidence: document.nullable(),
});

export const decisionView = z.object({
  key: z.string(),
  /** The last closed window when it was taken; null before the first. */
  windowNumber: z.int().nullable(),
  retrain: z.boolean(),
  trigger: z.string().nullable(),
  blockedBy: z.string().nullable(),
  reason: z.string(),
  runId: z.string().nullable(),
  at: instant,
});

export const historyView = z.object({
  model: z.string(),
  moves: z.array(moveView),
  versions: z.array(versionView),
  decisions: z.array(decisionView),
  runs: z.array(runView),
  alerts: z.array(alertView),
  /** What people wrote and did not take back, on the first page. */
  annotations: z.array(annotationView),
  /** `cursor` of the page before this one in time; null when every list has ended. */
  next: nextSchema,
});

export const championAtView = z.object({ model: z.string(), at: instant, champion: championView.nullable() });

export type RolloutView = z.infer<typeof rolloutView>;
export type RunView = z.infer<typeof runView>;
export type RunDetailView = z.infer<typeof runDetailView>;
export type AlertView = z.infer<typeof alertView>;
export type ChampionView = z.infer<typeof championView>;
export type StatusView = z.infer<typeof statusView>;
export type SettledView = z.infer<typeof settledView>;
export type MoveView = z.infer<typeof moveView>;
export type VersionView = z.infer<typeof versionView>;
export type VersionDetailView = z.infer<typeof versionDetailView>;
export type DecisionView = z.infer<typeof decisionView>;
export type HistoryView = z.infer<typeof historyView>;
export type ChampionAtView = z.infer<typeof championAtView>;
