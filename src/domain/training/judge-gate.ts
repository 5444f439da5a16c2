import type { Baseline } from '../spec/closed-sets.ts';
import { comparePaired } from './compare-paired.ts';
import type { ComparisonMethod, PairedRows } from './compare-paired.ts';
import { directionOf, titleOf, type Metrics } from '../metrics/metrics.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { GateSpec } from '../spec/spec.ts';

export type CheckVerdict = 'pass' | 'fail' | 'insufficient';

export interface GateCheck {
  readonly gate: GateSpec;
  readonly verdict: CheckVerdict;
  /** The metric, or the difference (positive is better) for comparisons; null when it could not be had. */
  readonly value: number | null;
  /** What is held against the limit: the value itself, or the lower bound of a comparison. */
  readonly bound: number | null;
  readonly limit: number;
  readonly rows: number;
  readonly method: 'point' | ComparisonMethod | 'none';
  readonly text: string;
}

export interface GateJudgement {
  readonly verdict: CheckVerdict;
  readonly checks: readonly GateCheck[];
  readonly text: string;
}

export interface GateInput {
  readonly gates: readonly GateSpec[];
  readonly candidate: Metrics;
  readonly baselines: { readonly [Name in Baseline]?: Metrics };
  /**
   * Test rows that the champion was not trained on, scored by both (the candidate as challenger); null without a
   * champion.
   */
  readonly champion: PairedRows | null;
  readonly seed: number;
}

/** Fewer comparable rows than this say nothing about two models: such a check is `insufficient`. */
export const comparableRowsMin = 30;

/**
 * Judges a candidate on the test rows. Fails when any check fails; `insufficient` when an absolute or baseline check
 * cannot be computed. A comparison with the champion that lacks rows is stated but does not block, since the rollout
 * compares the two again on live rows. Without gates, or without a champion to compare with, there is nothing to fail.
 */
export function judgeGate(input: GateInput): GateJudgement {
  const checks = input.gates.map((gate) => judgeOne(gate, input));
  const failed = checks.filter((check) => check.verdict === 'fail');
  const open = checks.filter((check) => check.verdict === 'insufficient' && check.gate.gate !== 'noWorseThanChampion');
  if (failed.length > 0)
    return { verdict: 'fail', checks, text: `The gate refuses: ${failed.map((check) => check.text).join(' ')}` };
  if (open.length > 0)
    return {
      verdict: 'insufficient',
      checks,
      text: `The gate cannot decide: ${open.map((check) => check.text).join(' ')}`,
    };
  return {
    verdict: 'pass',
    checks,
    text: `The gate passes: ${sayMany(checks.length, 'check')} on ${sayMany(input.candidate.rows, 'test row')}.`,
  };
}

function judgeOne(gate: GateSpec, input: GateInput): GateCheck {
  if (gate.gate === 'noWorseThanChampion') return againstChampion(gate, input);
  if (gate.gate === 'betterThanBaseline') return againstBaseline(gate, input);
  const value = input.candidate[gate.metric];
  const { rows } = input.candidate;
  const asked = `${gate.gate === 'atLeast' ? 'at least' : 'at most'} ${sayNumber(gate.value)} is asked`;
  if (value === undefined)
    return absent(
      gate,
      gate.value,
      rows,
      `${titleOf(gate.metric)} does not exist on ${sayMany(rows, 'test row')} (${asked}).`,
    );
  const isMet = gate.gate === 'atLeast' ? value >= gate.value : value <= gate.value;
  const text =
    `${titleOf(gate.metric)} is ${sayNumber(value)} on ${sayMany(rows, 'test row')} and ${asked}: ` +
    `${isMet ? 'met' : 'missed'}.`;
  return {
    gate,
    verdict: isMet ? 'pass' : 'fail',
    value,
    bound: value,
    limit: gate.value,
    rows,
    method: 'point',
    text,
  };
}

function againstBaseline(gate: Extract<GateSpec, { gate: 'betterThanBaseline' }>, input: GateInput): GateCheck {
  const mine = input.candidate[gate.metric];
  const theirs = input.baselines[gate.baseline]?.[gate.metric];
  const { rows } = input.candidate;
  const name = `${titleOf(gate.metric)} against the ${gate.baseline} baseline`;
  if (mine === undefined || theirs === undefined)
    return absent(gate, gate.by, rows, `${name} cannot be compared on ${sayMany(rows, 'test row')}.`);
  const value = directionOf(gate.metric) * (mine - theirs);
  // A tie is not "better": a candidate that says the same as the baseline has learnt nothing.
  const isMet = gate.by > 0 ? value >= gate.by : value > 0;
  const asked = gate.by > 0 ? `at least ${sayNumber(gate.by)} better` : 'better';
  const text =
    `${name} is ${sayNumber(mine)} to ${sayNumber(theirs)} on ${sayMany(rows, 'test row')}, ${asked} is ` +
    `asked: ${isMet ? 'met' : 'missed'}.`;
  return { gate, verdict: isMet ? 'pass' : 'fail', value, bound: value, limit: gate.by, rows, method: 'point', text };
}

function againstChampion(gate: Extract<GateSpec, { gate: 'noWorseThanChampion' }>, input: GateInput): GateCheck {
  const limit = -gate.margin;
  const name = `${titleOf(gate.metric)} against the champion`;
  if (input.champion === null)
    return absent(gate, limit, 0, `${name}: there is no champion yet, so nothing to compare.`);
  const rows = input.champion.labels.length;
  if (rows < comparableRowsMin) {
    return absent(
      gate,
      limit,
      rows,
      `${name}: only ${sayMany(rows, 'test row')} that the champion was not trained on, ${comparableRowsMin} are ` +
        `needed; the rollout compares on live rows.`,
    );
  }
  const compared = comparePaired(input.champion, gate.metric, gate.alpha, input.seed);
  if (compared === null)
    return absent(gate, limit, rows, `${name} does not exist on ${sayMany(rows, 'comparable row')}.`);
  const isMet = compared.lower >= limit;
  const text =
    `${name} is ${sayDifference(compared.estimate)} on ${sayCount(rows)} comparable rows, ` +
    `with ${sayShare(1 - gate.alpha)} confidence at worst ${sayDifference(compared.lower)}; ` +
    `${sayNumber(gate.margin)} worse is tolerated: ` +
    `${isMet ? 'met' : compared.upper < limit ? 'missed, it is worse' : 'missed, worse cannot be ruled out'}.`;
  return {
    gate,
    verdict: isMet ? 'pass' : 'fail',
    value: compared.estimate,
    bound: compared.lower,
    limit,
    rows,
    method: compared.method,
    text,
  };
}

function absent(gate: GateSpec, limit: number, rows: number, text: string): GateCheck {
  return { gate, verdict: 'insufficient', value: null, bound: null, limit, rows, method: 'none', text };
}

/** `0.012 better`, `0.003 worse`, `equal`. */
export function sayDifference(difference: number): string {
  if (difference === 0) return 'equal';
  return `${sayNumber(Math.abs(difference))} ${difference > 0 ? 'better' : 'worse'}`;
}
