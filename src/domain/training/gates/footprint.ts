import { medianBounds } from '../../../statistics/samples/median-bounds.ts';
import { batchRowsOf, footprintRows, limitOf, type FootprintGate } from '../../spec/parts/footprint-gate.ts';
import { sayBytes, sayMany, sayNumber, sayShare } from '../../words/say.ts';
import {
  absent,
  alphasOf,
  alphaUsual,
  hasChampion,
  type CheckVerdict,
  type GateCheck,
  type GateInput,
  type GateKind,
} from '../gate-check.ts';
import { figuresOf, fileFigure, quietRounds, type Footprint } from './footprint-rounds.ts';

/**
 * What the candidate takes as a program, held against its limit.
 *
 * A round starts each model in a fresh process, so what differs from start to start is seen; the figure that is judged
 * is the median over rounds. It passes where an upper bound of that median, by the order of the rounds alone, lies
 * within the limit: a candidate that truly takes more passes with probability at most 5 %, where rounds do not depend
 * on each other.
 * It is refused where the lower bound lies beyond, with the error shared by all gates.
 *
 * Others on the machine can only add to what is measured. So a limit in units may be passed in any round, and refused
 * only by rounds in which the process had its core to itself. What they add draws a factor of the tail towards 1: it is
 * taken from such rounds alone. In between a person is asked, or the next training measures again.
 */
export const ofFootprint: GateKind<FootprintGate> = {
  judge,
  leavesOpen: (gate, input) => limitOf(gate).isOfChampion && !hasChampion(input),
};

/** A 99 % quantile of fewer calls is not one. */
const callsMin = 100;

function judge(gate: FootprintGate, input: GateInput): GateCheck {
  const { value: limit, isOfChampion } = limitOf(gate);
  const title = titleOf(gate);
  const outcome = input.footprint ?? null;
  if (isOfChampion && !hasChampion(input))
    return absent(gate, limit, 0, `${title}: there is no champion yet, so nothing to compare.`);
  if (outcome === null || 'problem' in outcome) {
    const why = outcome === null ? 'this training did not measure it' : outcome.problem;
    return absent(gate, limit, 0, `${title}: ${why}; ${sayOpen(gate)}.`);
  }
  const found = hold(gate, outcome.measured, alphasOf(input, alphaUsual));
  if (found === null) return absent(gate, limit, 0, `${title}: no round has measured it; ${sayOpen(gate)}.`);
  const { verdict, value, bound, alpha, rounds } = found;
  return {
    gate,
    verdict,
    value,
    bound,
    limit,
    rows: rounds,
    method: alpha === null ? 'point' : 'order-statistic',
    ...(alpha === null ? {} : { alpha }),
    text: `${title} ${say(gate, found)}${sayMachine(gate, outcome.measured)}.`,
  };
}

interface Held {
  readonly verdict: CheckVerdict;
  readonly value: number;
  readonly bound: number | null;
  /** Null where nothing was drawn: the size of a file has no error. */
  readonly alpha: number | null;
  readonly rounds: number;
  /** Rounds in which others took the core. */
  readonly busy: number;
  readonly isTooSlow: boolean;
}

function hold(
  gate: FootprintGate,
  footprint: Footprint,
  alphas: { readonly lower: number; readonly upper: number },
): Held | null {
  const { value: limit, isOfChampion } = limitOf(gate);
  const { better, by } = footprintRows[gate.figure];
  const isWithin = (value: number) => (better === 'lower' ? value <= limit : value >= limit);
  if (by === 'file') {
    const value = fileFigure(gate, footprint);
    if (value === null) return null;
    const verdict = isWithin(value) ? 'pass' : 'fail';
    return { verdict, value, bound: null, alpha: null, rounds: 1, busy: 0, isTooSlow: false };
  }
  const quiet = quietRounds(gate, footprint);
  const all = figuresOf(gate, footprint.rounds);
  const own = figuresOf(gate, quiet);
  if (all.length === 0) return null;
  const busy = footprint.rounds.length - quiet.length;
  const used = isOfChampion ? own : all;
  // What is less of is better: the mirror image of what is more of.
  const sign = better === 'lower' ? 1 : -1;
  const boundsOf = (values: readonly number[], lower: number, upper: number) => {
    const bounds = medianBounds(
      values.map((value) => sign * value),
      { lower, upper },
    );
    return { worst: signed(sign, bounds.upper), best: signed(sign, bounds.lower), median: sign * bounds.median };
  };
  const { worst, median } = boundsOf(used, alphas.lower, alphas.lower);
  const { best } = boundsOf(own, alphas.upper, alphas.upper);
  const isTooSlow = gate.figure === 'latencyP99Ms' && isShort(footprint, isOfChampion);
  const isProven = worst !== null && isWithin(worst) && !isTooSlow;
  const isRefused = !isProven && best !== null && !isWithin(best);
  const verdict = isProven ? 'pass' : isRefused ? 'fail' : 'insufficient';
  return {
    verdict,
    value: used.length === 0 ? boundsOf(all, 1, 1).median : median,
    bound: isRefused ? best : worst,
    alpha: isRefused ? alphas.upper : alphas.lower,
    rounds: isRefused ? own.length : used.length,
    busy,
    isTooSlow,
  };
}

function signed(sign: number, value: number | null): number | null {
  return value === null ? null : sign * value;
}

/** Some round had time for too few calls to say what one in a hundred takes. */
function isShort({ rounds }: Footprint, isOfChampion: boolean): boolean {
  return rounds.some(
    ({ candidate, champion }) =>
      (candidate.latencyMs?.calls ?? 0) < callsMin || (isOfChampion && (champion?.latencyMs?.calls ?? 0) < callsMin),
  );
}

function titleOf(gate: FootprintGate): string {
  const { title, batchRows } = footprintRows[gate.figure];
  const run = batchRows === undefined ? '' : ` in runs of ${sayMany(batchRowsOf(gate) ?? batchRows, 'row')}`;
  return `${title}${run}${limitOf(gate).isOfChampion ? ', against the champion beside it,' : ''}`;
}

function say(gate: FootprintGate, { verdict, value, bound, alpha, rounds, busy, isTooSlow }: Held): string {
  const { value: limit } = limitOf(gate);
  const { better } = footprintRows[gate.figure];
  const asked = `${better === 'lower' ? 'at most' : 'at least'} ${sayFigure(gate, limit)} is asked`;
  const met = { pass: 'met', fail: 'missed', insufficient: 'not decided' }[verdict];
  if (alpha === null) return `is ${sayFigure(gate, value)}; ${asked}: ${met}`;
  const side = (better === 'lower') === (verdict !== 'fail') ? 'at most' : 'at least';
  const within =
    bound === null
      ? 'too few rounds for a bound'
      : `with ${sayShare(1 - alpha)} confidence ${side} ${sayFigure(gate, bound)} (order statistic)`;
  const told = `is ${sayFigure(gate, value)}, the median of ${sayMany(rounds, 'round')}, ${within}; ${asked}: ${met}`;
  if (verdict !== 'insufficient') return told;
  const others = busy > 0 ? `, others took the cores in ${sayMany(busy, 'round')}` : '';
  const slow = isTooSlow ? `, it is too slow for ${callsMin} calls in a round` : '';
  return `${told}${others}${slow}; ${sayOpen(gate)}`;
}

function sayOpen({ undecided }: FootprintGate): string {
  return undecided === 'ask' ? 'a person decides' : 'the next training measures again';
}

function sayFigure(gate: FootprintGate, value: number): string {
  if (limitOf(gate).isOfChampion) return `${sayNumber(value)} times`;
  const { unit } = footprintRows[gate.figure];
  if (unit === 'bytes') return sayBytes(value);
  return unit === '' ? sayNumber(value) : `${sayNumber(value)} ${unit}`;
}

function sayMachine(gate: FootprintGate, { machine: { cores, load } }: Footprint): string {
  return footprintRows[gate.figure].by === 'file'
    ? ''
    : `, on ${sayMany(cores, 'core')} under a load of ${sayNumber(load)}`;
}
