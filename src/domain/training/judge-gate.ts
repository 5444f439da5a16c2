import type { GateSpec } from '../spec/spec.ts';
import { sayMany } from '../words/say.ts';
import { againstBaseline } from './against-baseline.ts';
import { againstTheChampion } from './against-champion.ts';
import { againstValue } from './against-value.ts';
import { hasChampion, type CheckVerdict, type GateCheck, type GateInput, type GateKind } from './gate-check.ts';
import { betweenGroups } from './gates/fair.ts';
import { ofFootprint } from './gates/footprint.ts';
import { ofStep } from './gates/of-step.ts';
import { againstChampionInSlices } from './gates/no-worse-in-slices.ts';

export interface GateJudgement {
  readonly verdict: CheckVerdict;
  readonly checks: readonly GateCheck[];
  /** Nothing but checks that their definition leaves to a person keeps the candidate from its release. */
  readonly isAsked?: boolean;
  readonly text: string;
}

/**
 * Judges a candidate on the test rows by confidence bounds, never by the values alone.
 *
 * A candidate is released only when every absolute and baseline check passes, so each may keep its whole error: one
 * that truly misses a limit gets by with probability at most about `alpha`, however many checks there are (the
 * intersection-union test, R. Berger, Technometrics 24, 1982). That something is missed may be said of any of them, so
 * there the error is shared: a candidate that meets every limit is said to miss one with probability at most about
 * `alpha` (Bonferroni).
 *
 * A check in between is `insufficient`, and blocks: the candidate waits for a training with more rows, or for a person.
 * Only a comparison with the champion is left to the rollout, unless its definition says otherwise: that compares the
 * two on live rows by the metric of its plan, and promotes nothing unproven. Without gates, or without a champion to
 * compare with, there is nothing to fail.
 *
 * User steps are rows beside the declared ones: one that says no refuses, and one that said nothing does what its
 * definition says. They share in no error, since they bound none.
 */
export function judgeGate(input: GateInput): GateJudgement {
  const checks = [...input.gates.map((gate) => kindOf(gate).judge(gate, input)), ...(input.steps ?? []).map(ofStep)];
  const texts = (found: readonly GateCheck[]) => found.map((check) => check.text).join(' ');
  const failed = checks.filter((check) => check.verdict === 'fail');
  if (failed.length > 0) return { verdict: 'fail', checks, text: `The gate refuses: ${texts(failed)}` };
  const undecided = checks.filter((check) => check.verdict === 'insufficient');
  const open = undecided.filter(({ gate }) => !leavesOpen(gate, input));
  if (open.length > 0) {
    const isAsked = open.every(({ gate }) => isLeftToAPerson(gate));
    return { verdict: 'insufficient', checks, isAsked, text: `The gate cannot decide: ${texts(open)}` };
  }
  const rows = sayMany(input.candidate.labels.length, 'test row');
  const passed = `${sayMany(checks.length - undecided.length, 'check')} on ${rows}`;
  const forRollout = undecided.filter(({ gate }) => gate.gate !== 'userStep').length;
  const left = forRollout === 0 || !hasChampion(input) ? '' : `; ${forRollout} left to the rollout`;
  return { verdict: 'pass', checks, text: `The gate passes: ${passed}${left}.` };
}

/** What a step did not say blocks unless its definition goes on without it. */
function leavesOpen(gate: GateCheck['gate'], input: GateInput): boolean {
  return gate.gate === 'userStep' ? gate.onFailure === 'continue' : kindOf(gate).leavesOpen(gate, input);
}

function isLeftToAPerson(gate: GateCheck['gate']): boolean {
  if (gate.gate === 'userStep') return gate.onFailure === 'ask';
  return 'undecided' in gate && gate.undecided === 'ask';
}

const never = (): boolean => false;

/** Every kind of gate. A new one is a file beside those, and a row here. */
const kinds: { readonly [Name in GateSpec['gate']]: GateKind<Extract<GateSpec, { readonly gate: Name }>> } = {
  atLeast: { judge: againstValue, leavesOpen: never },
  atMost: { judge: againstValue, leavesOpen: never },
  betterThanBaseline: { judge: againstBaseline, leavesOpen: never },
  noWorseThanChampion: againstTheChampion,
  noWorseInSlices: againstChampionInSlices,
  fair: betweenGroups,
  footprint: ofFootprint,
};

function kindOf({ gate }: GateSpec): GateKind {
  return kinds[gate];
}
