import { decideRetrain as judge, type RetrainDecision, type RetrainFacts } from '../src/domain/decide-retrain.ts';
import { taskQueues } from '../src/domain/ids.ts';
import type { DecideAnswer, Person } from '../src/domain/runs.ts';
import { findDecision, storeDecision, trainingFacts } from '../src/db/decisions.ts';
import { findEvidence } from '../src/db/evidence.ts';
import { readCurrentSpec, readModel } from '../src/db/specs.ts';
import { findWindow, lastClosedWindow } from '../src/db/windows.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { entityActivities } from './entity.ts';

export interface DecideInput {
  readonly model: string;
  /** Business identity of the occasion: `window/12`, `apply/3`, `command/<id>`. */
  readonly key: string;
  readonly window: number | null;
  readonly person: Person | null;
}

export function decideActivities(deps: ActivityDependencies) {
  const { database } = deps;
  const { db } = database;
  const { verifyCommand } = entityActivities(deps);

  /** Retrain? One pure function over all triggers; the answer and its reason are stored, every yes and every no. */
  async function decideRetrain(input: DecideInput): Promise<DecideAnswer> {
    const { revision: specRevision } = await readCurrentSpec(db, input.model);
    const stored = await decideAndStore(deps, input, input.person !== null && (await isAuthorised(input)) ? input.person : null);
    if (stored.training === null) return { retrain: false, blockedBy: stored.row.blockedBy, specRevision };
    return { retrain: true, training: stored.training, specRevision, blockedBy: null };
  }

  async function isAuthorised(input: DecideInput): Promise<boolean> {
    return verifyCommand({ model: input.model, kind: 'retrain', commandId: input.person?.commandId ?? null });
  }

  return { decideRetrain };
}

export interface Verdict {
  readonly decided: RetrainDecision;
  readonly window: number;
  readonly specRevision: number;
  readonly taskQueue: string;
}

/** Stores the verdict (`known`, when it was reached already) once per occasion. */
export async function decideAndStore(deps: ActivityDependencies, input: DecideInput, person: Person | null, known?: Verdict) {
  const { database } = deps;
  const first = await findDecision(database.db, input.model, input.key);
  const { decided, window, specRevision, taskQueue } = known ?? (await decideAsOf(deps, input, person));
  return storeDecision(database, {
    model: input.model,
    key: input.key,
    window: first?.windowNumber ?? window,
    decided,
    training: { model: input.model, specRevision, throughWindow: window, taskQueue, rollout: person?.rollout ?? true },
  });
}

/** The verdict as of the end of a window, without storing anything. */
export async function decideAsOf(deps: ActivityDependencies, input: DecideInput, person: Person | null): Promise<Verdict> {
  const { db } = deps.database;
  const { spec, revision } = await readCurrentSpec(db, input.model);
  const row = await readModel(db, input.model);
  const last = input.window === null ? await lastClosedWindow(db, input.model) : await windowAt(deps, input.model, input.window);
  const nowMs = input.window === null ? Date.now() : last.closedAtMs;
  const facts = await trainingFacts(db, input.model, { window: last.number, lastSeq: last.lastSeq, nowMs, isWindowEnd: input.window !== null }, spec.retrain.budget.per);
  const evidence = last.number === 0 ? null : await findEvidence(db, input.model, 'window', `window/${last.number}`);
  const retrainFacts: RetrainFacts = {
    rowsServed: last.lastSeq,
    nowMs,
    lastTraining: facts.lastTraining,
    labelledRows: facts.labelledRows,
    specRevision: revision,
    drift: driftOf(evidence?.body, last.number),
    decay: decayOf(evidence?.body, last.number),
    personRequest: person === null ? null : { by: person.by, reason: person.reason, commandId: person.commandId },
    running: facts.running,
    paused: row.pausedBy !== null,
    trainingsInBudgetWindow: facts.trainingsInBudgetWindow,
  };
  const gpu = spec.trainer.gpu;
  return {
    decided: judge(spec.retrain, retrainFacts),
    window: last.number,
    specRevision: revision,
    taskQueue: gpu === undefined ? taskQueues.cpu : taskQueues.gpu(gpu.tag),
  };
}

async function windowAt(deps: ActivityDependencies, model: string, number: number) {
  const found = await findWindow(deps.database.db, model, number);
  return { number, lastSeq: found?.lastSeq ?? 0, closedAtMs: found?.closedAt.getTime() ?? Date.now() };
}

/** The shape of window evidence is written by `judge-windows.ts`; read back defensively, since evidence outlives code. */
function driftOf(body: Record<string, unknown> | undefined, window: number): RetrainFacts['drift'] {
  const drift = body?.['drift'] as { verdict?: unknown; drifted?: unknown } | undefined;
  if (drift?.verdict !== 'drift' || !Array.isArray(drift.drifted)) return null;
  return { window, features: drift.drifted.map(String) };
}

function decayOf(body: Record<string, unknown> | undefined, window: number): RetrainFacts['decay'] {
  const decay = body?.['decay'] as { verdict?: unknown; text?: unknown } | undefined;
  return decay?.verdict === 'decayed' ? { window, text: String(decay.text) } : null;
}
