import type { GateSpec } from '../spec/spec.ts';
import { sayMany } from '../words/say.ts';
import { againstBaseline } from './against-baseline.ts';
import { againstChampion } from './against-champion.ts';
import { againstValue } from './against-value.ts';
import type { CheckVerdict, GateCheck, GateInput } from './gate-check.ts';

export interface GateJudgement {
  readonly verdict: CheckVerdict;
  readonly checks: readonly GateCheck[];
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
 * A check in between is `insufficient`. Of a threshold or a baseline it blocks, since nothing later holds the candidate
 * against them. Of the champion it is stated and does not block, since the rollout compares the two on live rows, by
 * the metric of its plan. Without gates, or without a champion to compare with, there is nothing to fail.
 */
export function judgeGate(input: GateInput): GateJudgement {
  const checks = input.gates.map((gate) => judgeOne(gate, input));
  const texts = (found: readonly GateCheck[]) => found.map((check) => check.text).join(' ');
  const failed = checks.filter((check) => check.verdict === 'fail');
  if (failed.length > 0) return { verdict: 'fail', checks, text: `The gate refuses: ${texts(failed)}` };
  const undecided = checks.filter((check) => check.verdict === 'insufficient');
  const open = undecided.filter((check) => check.gate.gate !== 'noWorseThanChampion');
  if (open.length > 0) return { verdict: 'insufficient', checks, text: `The gate cannot decide: ${texts(open)}` };
  const rows = sayMany(input.candidate.labels.length, 'test row');
  const passed = `${sayMany(checks.length - undecided.length, 'check')} on ${rows}`;
  const left = undecided.length === 0 ? '' : `; ${undecided.length} left to the rollout`;
  return { verdict: 'pass', checks, text: `The gate passes: ${passed}${left}.` };
}

function judgeOne(gate: GateSpec, input: GateInput): GateCheck {
  if (gate.gate === 'noWorseThanChampion') return againstChampion(gate, input);
  if (gate.gate === 'betterThanBaseline') return againstBaseline(gate, input);
  return againstValue(gate, input);
}
