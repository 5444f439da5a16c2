import {
  decideRetrain as judge,
  type RetrainDecision,
  type RetrainFacts,
} from '../../src/domain/watch/decide-retrain.ts';
import type { PublishedNews } from '../../src/domain/watch/timed-triggers.ts';
import type { Maturity } from '../../src/domain/watch/mature-through.ts';
import { isOwn, isTrainable } from '../../src/domain/spec/trainer-spec.ts';
import { taskQueues } from '../../src/domain/words/ids.ts';
import type { DecideAnswer, Person, TrainInput } from '../../src/domain/record/runs.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { findDecision, storeDecision, trainingFacts } from '../../src/db/watching/decisions.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import { freezeOf, sayFreeze } from '../../src/db/routing/freezes.ts';
import { runningRuns } from '../../src/db/runs/runs.ts';
import { readCurrentSpec, readModel, readSpecRevision } from '../../src/db/models/specs.ts';
import { findWindow, lastClosedWindow, type WindowEnd } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { authorised } from './authorised.ts';
import {
  formatOccasion,
  parseOccasion,
  thaw,
  type DecisionOccasion,
  type Occasion,
  type ThawedOccasion,
} from '../../src/domain/record/occasion.ts';
import type { DecideInput } from './decide-input.ts';
import { timedFacts } from './timed-facts.ts';
import { askForHelp } from './ask-for-help.ts';
import type { UnhelpfulTrainings } from '../../src/db/watching/unhelpful-trainings.ts';
import type { MetricName } from '../../src/domain/metrics/registry.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';

export function decideActivities(deps: ActivityDependencies) {
  const { database } = deps;
  const { db } = database;

  /** Decides whether to retrain, by one pure function over all triggers; every answer is stored with its reason. */
  async function decideRetrain(input: DecideInput): Promise<DecideAnswer> {
    const { revision: specRevision } = await readCurrentSpec(db, input.model);
    if (isReset(input)) return awaitReset(input.model, specRevision);
    const said = await withTransaction(database, (tx) => authorised(tx, input));
    // A word without an authorised command behind it decides nothing: what nobody asked is asked by windows.
    if (said === null) return { retrain: false, blockedBy: null, specRevision };
    const stored = await decideAndStore(deps, input, said.person);
    if (stored.training === null) return { retrain: false, blockedBy: stored.row.blockedBy, specRevision };
    return { retrain: true, training: stored.training, specRevision, blockedBy: null };
  }

  /** A training that was reset runs under its old id: the model takes it up as if it had just started it. */
  async function awaitReset(model: string, specRevision: number): Promise<DecideAnswer> {
    const [running] = await runningRuns(db, model, ['train']);
    if (running === undefined) return { retrain: false, blockedBy: null, specRevision };
    return { retrain: true, training: running.input as unknown as TrainInput, specRevision, blockedBy: null };
  }

  return { decideRetrain };
}

export interface Verdict {
  readonly decided: RetrainDecision;
  readonly news: readonly PublishedNews[];
  readonly unhelpful: UnhelpfulTrainings;
  readonly webhooks: ModelSpec['watch']['webhooks'];
  /** What a promotion is about. */
  readonly metric: MetricName;
  /** The last closed window; null before the first. */
  readonly window: number | null;
  readonly specRevision: number;
  readonly taskQueue: string;
}

/** Stores the verdict (`known`, when it was reached already) once per occasion. */
export async function decideAndStore(
  deps: ActivityDependencies,
  input: DecideInput,
  person: Person | null,
  known?: Verdict,
) {
  const { database } = deps;
  const { key, first } = await occasionOf(deps, input);
  const verdict = known ?? (await decideAsOf(deps, input, person));
  const { decided, window, specRevision, taskQueue } = verdict;
  if (decided.blockedBy === 'unhelpful') await askForHelp(database.db, input.model, verdict);
  return storeDecision(database, {
    model: input.model,
    key,
    window: first?.windowNumber ?? window,
    decided,
    news: verdict.news,
    training: {
      model: input.model,
      specRevision,
      ...(window === null ? {} : { throughWindow: window }),
      taskQueue,
      rollout: person?.rollout ?? true,
    },
  });
}

/** How often one occasion is decided anew because a freeze came back. */
const thawsMax = 100;

/**
 * What a freeze held back is decided again once it is gone, under a key of its own: the first answer stays as it was
 * written.
 */
async function occasionOf(deps: ActivityDependencies, input: DecideInput) {
  const { db } = deps.database;
  let key = input.key;
  let first = await findDecision(db, input.model, key);
  const asked = parseOccasion(input.key);
  if (asked === null || !isDecided(asked) || first?.blockedBy !== 'frozen') return { key, first };
  if ((await freezeOf(db, input.model)) !== null) return { key, first };
  let occasion: DecisionOccasion | ThawedOccasion = asked;
  for (let thaws = 0; thaws < thawsMax && first?.blockedBy === 'frozen'; thaws++) {
    occasion = thaw(occasion);
    key = formatOccasion(occasion);
    // oxlint-disable-next-line no-await-in-loop -- each answer decides whether there is a next
    first = await findDecision(db, input.model, key);
  }
  return { key, first };
}

/** The verdict as of the end of a window, without storing anything. */
export async function decideAsOf(
  deps: ActivityDependencies,
  input: DecideInput,
  person: Person | null,
): Promise<Verdict> {
  const { db } = deps.database;
  const row = await readModel(db, input.model);
  const { spec, revision } = await readSpecRevision(db, input.model, row.specRevision);
  const ended = input.window === null ? null : await windowAt(deps, input.model, input.window);
  const last = ended ?? (await lastClosedWindow(db, input.model));
  const nowMs = ended?.closedAtMs ?? Date.now();
  const window = last?.number ?? null;
  const lastSeq = last?.lastSeq ?? 0;
  const facts = await trainingFacts(
    db,
    input.model,
    { window, lastSeq, nowMs, isWindowEnd: ended !== null },
    spec.retrain.budget.per,
  );
  const frozen = await freezeOf(db, input.model);
  const evidence = window === null ? null : await findEvidence(db, input.model, 'window', { of: 'window', window });
  const retrainFacts: RetrainFacts = {
    rowsServed: lastSeq,
    nowMs,
    lastTraining: facts.lastTraining,
    labelledRows: facts.labelledRows,
    specRevision: revision,
    drift: window === null ? null : driftOf(evidence?.body, window),
    decay: window === null ? null : decayOf(evidence?.body, window),
    personRequest: person === null ? null : { by: person.by, reason: person.reason, commandId: person.commandId },
    isRunning: facts.isRunning,
    isPaused: row.pausedBy !== null,
    frozen: frozen === null ? null : sayFreeze(frozen),
    isImported: !isTrainable(spec.trainer),
    isImmature: spec.source.traffic !== 'ignore' && isImmature(evidence?.body),
    trainingsInBudgetWindow: facts.trainingsInBudgetWindow,
    unhelpfulTrainings: facts.unhelpful.runIds.length,
    ...(await timedFacts(db, spec, nowMs)),
  };
  const gpu = isOwn(spec.trainer) ? spec.trainer.gpu : undefined;
  return {
    decided: judge(spec.retrain, retrainFacts),
    news: retrainFacts.subscribed?.news ?? [],
    unhelpful: facts.unhelpful,
    webhooks: spec.watch.webhooks,
    metric: spec.rollout.promotion.metric,
    window,
    specRevision: revision,
    taskQueue: gpu === undefined ? taskQueues.cpu : taskQueues.gpu(gpu.tag),
  };
}

async function windowAt(deps: ActivityDependencies, model: string, number: number): Promise<WindowEnd> {
  const found = await findWindow(deps.database.db, model, number);
  return { number, lastSeq: found?.lastSeq ?? 0, closedAtMs: found?.closedAt.getTime() ?? Date.now() };
}

/**
 * The shape of window evidence is written by `judge-windows.ts`; read back defensively, since evidence outlives code.
 */
function driftOf(body: Record<string, unknown> | undefined, window: number): RetrainFacts['drift'] {
  const drift = body?.['drift'] as { verdict?: unknown; drifted?: unknown } | undefined;
  if (drift?.verdict !== 'drift' || !Array.isArray(drift.drifted)) return null;
  const features = drift.drifted.map(String);
  return { window, features: features.length === 0 ? ['features together'] : features };
}

function decayOf(body: Record<string, unknown> | undefined, window: number): RetrainFacts['decay'] {
  const decay = body?.['decay'] as { verdict?: unknown; text?: unknown } | undefined;
  return decay?.verdict === 'decayed' ? { window, text: String(decay.text) } : null;
}

function isImmature(body: Record<string, unknown> | undefined): boolean {
  const maturity = body?.['maturity'] as Partial<Maturity> | undefined;
  return maturity?.throughSeq === 0;
}

/** A decision about retraining is taken about it; evidence and alerts have occasions of their own. */
function isDecided(occasion: Occasion): occasion is DecisionOccasion | ThawedOccasion {
  return ['window', 'apply', 'command', 'due', 'reset', 'thawed'].includes(occasion.of);
}

/** Windows begin at 1: a reset that an older process told is a task about window 0 in the history of its model. */
function isReset({ key, window }: DecideInput): boolean {
  return window === 0 || parseOccasion(key)?.of === 'reset';
}
