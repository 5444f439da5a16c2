import { describeExtent, isRows, isUsedUp } from '../words/extent.ts';
import type { Extent } from '../words/extent.ts';
import { sayCount, sayMany } from '../words/say.ts';
import { byFollowUp, byGrowth, byNewLabels, type Finding } from './triggers/label-triggers.ts';
import { elapsedSince, sayElapsed } from './elapsed.ts';
import type { BudgetLeft } from './triggers/training-budget.ts';
import { isCron } from '../spec/parts/retrain-spec.ts';
import type { RetrainSpec } from '../spec/spec.ts';
import {
  byCalendar,
  byPublication,
  bySource,
  type DueFacts,
  type SourceFacts,
  type SubscribedFacts,
} from './triggers/timed-triggers.ts';

/** In order of precedence: when several fire and may act, the first one names the training. */
export const retrainTriggers = [
  'person',
  'first',
  'spec-change',
  'decay',
  'drift',
  'follow-up',
  'growth',
  'new-labels',
  'source-change',
  'publication',
  'schedule',
  'stale',
] as const;
export type RetrainTrigger = (typeof retrainTriggers)[number];
/** What holds a training back although a trigger has fired. */
export const retrainBlocks = [
  'frozen',
  'imported',
  'paused',
  'running',
  'cooldown',
  'unhelpful',
  'budget',
  'labels',
] as const;
export type RetrainBlock = (typeof retrainBlocks)[number];

/** The last training that ended, whatever came of it: a refused or failed one also starts the cooldown. */
export interface LastTraining {
  readonly atRows: number;
  readonly atMs: number;
  /** Labelled rows that were there for it. */
  readonly labelledRows: number;
  readonly specRevision: number;
}

export interface RetrainFacts {
  readonly rowsServed: number;
  readonly nowMs: number;
  /** Null when the model has never been trained. */
  readonly lastTraining: LastTraining | null;
  /** All labelled rows there are now: history and labelled traffic. */
  readonly labelledRows: number;
  readonly specRevision: number;
  readonly drift: { readonly window: number; readonly features: readonly string[] } | null;
  readonly decay: { readonly window: number; readonly text: string } | null;
  readonly personRequest: { readonly by: string; readonly reason: string; readonly commandId: string | null } | null;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** Who froze the model and why; a person may still ask. Absent or null: nobody did. */
  readonly frozen?: string | null;
  /** The model was trained elsewhere: there is nothing here to train it from. */
  readonly isImported?: boolean;
  /** Of a schedule by the calendar; absent or null where there is none. */
  readonly due?: DueFacts | null;
  /** Of a source that is looked at: what was found; absent or null where it is not. */
  readonly source?: SourceFacts | null;
  /** Of what other models publish; absent or null where it subscribes to nothing. */
  readonly subscribed?: SubscribedFacts | null;
  /** No row of the traffic is mature yet: a training would get none of the labels that have come. Absent: not so. */
  readonly isImmature?: boolean;
  readonly budget: BudgetLeft;
  /**
   * Labelled rows that were there when the last change began that a training for decay has answered; absent or null:
   * there was none.
   */
  readonly changedAtLabelledRows?: number | null;
  /** The newest trainings in a row that drift or decay had asked for and that brought no champion. */
  readonly unhelpfulTrainings: number;
}

/** So many trainings in a row that did not help are enough to ask a person, and to wait longer before the next. */
export const unhelpfulMax = 2;
/** Beyond this the wait doubles no more. */
export const unhelpfulCountedMax = 7;

export interface ConsideredTrigger {
  readonly trigger: RetrainTrigger;
  readonly fired: boolean;
  readonly text: string;
}

export interface RetrainDecision {
  readonly retrain: boolean;
  /** The trigger that acts, or the first that fired but was blocked; null when none fired. */
  readonly trigger: RetrainTrigger | null;
  readonly considered: readonly ConsideredTrigger[];
  /** `retrains because …` or `did not retrain because …`. */
  readonly reason: string;
  readonly blockedBy: RetrainBlock | null;
}

/**
 * The one place that decides whether a model is trained again. Paused and running block everything, a freeze everything
 * that nobody asked for. A person overrides cooldown, budget and the labels asked for; a first training and a spec
 * change override cooldown and labels (they train from the source), not the budget, so that a training that keeps
 * failing cannot run for ever. After two trainings that did not help, what has moved or decayed is not mended by one
 * more like them: each waits twice as long as the one before, unless somebody or something else asks.
 */
export function decideRetrain(spec: RetrainSpec, facts: RetrainFacts): RetrainDecision {
  const considered = consider(spec, facts);
  const fired = considered.filter((trigger) => trigger.fired);
  const first = fired[0];
  if (first === undefined) {
    const reason = `did not retrain because no trigger fired: ${considered.map((trigger) => trigger.text).join('; ')}`;
    return { retrain: false, trigger: null, considered, reason, blockedBy: null };
  }
  const blocks = fired.map((trigger) => ({ trigger, block: blockOf(trigger.trigger, spec, facts) }));
  const free = blocks.find(({ block }) => block === null)?.trigger;
  if (free !== undefined) {
    return {
      retrain: true,
      trigger: free.trigger,
      considered,
      reason: `retrains because ${free.text}${sayBudget(free.trigger, spec, facts)}`,
      blockedBy: null,
    };
  }
  const block = blocks[0]?.block ?? null;
  const reason =
    `did not retrain because ${block?.text ?? 'it is blocked'}, although ` +
    `${fired.map((trigger) => trigger.text).join('; ')}`;
  return { retrain: false, trigger: first.trigger, considered, reason, blockedBy: block?.by ?? null };
}

/** Of a budget that saves up: how much of it there was, as nobody sees that from the dates of trainings. */
function sayBudget(trigger: RetrainTrigger, { budget }: RetrainSpec, facts: RetrainFacts): string {
  return trigger === 'person' || budget.savedMax === undefined ? '' : `; ${facts.budget.text}`;
}

interface Block {
  readonly by: RetrainBlock;
  readonly text: string;
}

function blockOf(trigger: RetrainTrigger, spec: RetrainSpec, facts: RetrainFacts): Block | null {
  if (facts.isImported === true)
    return {
      by: 'imported',
      text: 'the model was imported and has no trainer; import a newer file, or apply a definition with a source',
    };
  if (facts.frozen != null && trigger !== 'person') return { by: 'frozen', text: facts.frozen };
  if (facts.isPaused) return { by: 'paused', text: 'the model is paused' };
  if (facts.isRunning) return { by: 'running', text: 'a training or a rollout is under way' };
  if (trigger === 'person') return null;
  if (facts.budget.left < 1) return { by: 'budget', text: facts.budget.text };
  if (trigger === 'first' || trigger === 'spec-change' || facts.lastTraining === null) return null;
  const elapsed = elapsedSince(facts.lastTraining, facts);
  if (!isUsedUp(spec.cooldown, elapsed)) {
    return {
      by: 'cooldown',
      text:
        `the last training is ${sayElapsed(spec.cooldown, elapsed)} ago ` +
        `and the cooldown is ${describeExtent(spec.cooldown)}`,
    };
  }
  const unhelpful = unhelpfulBlock(trigger, spec, facts, elapsed);
  if (unhelpful !== null) return unhelpful;
  // How many rows the source has that have not been read, nobody knows: a calendar is declared for its sake as well.
  // So with a publication: what it is worth, the rows of this model do not say.
  if (trigger === 'source-change' || trigger === 'publication' || (trigger === 'schedule' && isCron(spec.schedule)))
    return null;
  const fresh = facts.labelledRows - facts.lastTraining.labelledRows;
  if (fresh < spec.labelledRowsMin) {
    return {
      by: 'labels',
      text: `only ${sayMany(fresh, 'labelled row')} are new and ${sayCount(spec.labelledRowsMin)} are needed`,
    };
  }
  return null;
}

function unhelpfulBlock(
  trigger: RetrainTrigger,
  { cooldown }: RetrainSpec,
  { unhelpfulTrainings }: RetrainFacts,
  elapsed: { readonly rows: number; readonly ms: number },
): Block | null {
  if ((trigger !== 'decay' && trigger !== 'drift') || unhelpfulTrainings < unhelpfulMax) return null;
  const factor = 2 ** (Math.min(unhelpfulTrainings, unhelpfulCountedMax) - 1);
  const wait = isRows(cooldown) ? { rows: cooldown.rows * factor } : { ms: cooldown.ms * factor };
  if (isUsedUp(wait, elapsed)) return null;
  return {
    by: 'unhelpful',
    text:
      `the last ${sayCount(unhelpfulTrainings)} trainings did not help: the next one waits ${describeExtent(wait)} ` +
      `from the last (${sayElapsed(wait, elapsed)} so far)`,
  };
}

function consider(spec: RetrainSpec, facts: RetrainFacts): readonly ConsideredTrigger[] {
  return retrainTriggers.flatMap((trigger) => {
    const finding = findings[trigger](spec, facts);
    return finding === null ? [] : [{ trigger, ...finding }];
  });
}

const findings: Record<RetrainTrigger, (spec: RetrainSpec, facts: RetrainFacts) => Finding> = {
  person: (_, { personRequest }) =>
    personRequest && { fired: true, text: `${personRequest.by} asked for it: ${personRequest.reason}` },
  first: (_, { lastTraining, isImported }) =>
    lastTraining === null && isImported !== true ? { fired: true, text: 'the model has never been trained' } : null,
  'spec-change': (spec, { lastTraining, specRevision }) => {
    if (lastTraining === null || lastTraining.specRevision === specRevision) return null;
    const trained = lastTraining.specRevision;
    const text = `the definition is at revision ${specRevision} and the last training used ${trained}`;
    return spec.onSpecChange
      ? { fired: true, text }
      : { fired: false, text: `${text}, but retraining on a changed definition is off` };
  },
  decay: (spec, { decay }) =>
    switched(
      spec.onDecay,
      decay && `window ${decay.window}: ${withoutStop(decay.text)}`,
      'no decay of quality',
      'retraining on decay is off',
    ),
  drift: (spec, { drift }) =>
    switched(
      spec.onDrift,
      drift && `drift in window ${drift.window} (${sayNames(drift.features)})`,
      'no drift',
      'retraining on drift is off',
    ),
  'follow-up': byFollowUp,
  growth: byGrowth,
  'new-labels': byNewLabels,
  'source-change': ({ onSourceChange = false }, { source = null, lastTraining, nowMs }) =>
    onSourceChange && lastTraining !== null ? bySource(source, lastTraining.atMs, nowMs) : null,
  publication: (_, { subscribed = null, lastTraining }) =>
    subscribed?.isSubscriber === true && lastTraining !== null ? byPublication(subscribed) : null,
  schedule: ({ schedule }, facts) => {
    if (!isCron(schedule)) return sinceTraining(schedule, facts, 'training is due every');
    const { due = null, lastTraining } = facts;
    return lastTraining === null ? null : byCalendar(schedule, due, lastTraining.atMs);
  },
  stale: (spec, facts) => sinceTraining(spec.staleAfter, facts, 'it is stale after'),
};

/** A verdict that retraining may listen to or not; said in both cases, so that a reader sees why nothing happened. */
function switched(isOn: boolean, found: string | null, nothing: string, off: string): Finding {
  if (found === null) return isOn ? { fired: false, text: nothing } : null;
  return isOn ? { fired: true, text: found } : { fired: false, text: `${found}, but ${off}` };
}

function sinceTraining(extent: Extent | null, facts: RetrainFacts, rule: string): Finding {
  if (extent === null || facts.lastTraining === null) return null;
  const elapsed = elapsedSince(facts.lastTraining, facts);
  return {
    fired: isUsedUp(extent, elapsed),
    text: `the last training is ${sayElapsed(extent, elapsed)} ago and ${rule} ${describeExtent(extent)}`,
  };
}

function sayNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${sayCount(names.length - 5)} more` : shown;
}

function withoutStop(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}
