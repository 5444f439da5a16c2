import type { GateSpec } from '../../spec/spec.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../words/say.ts';
import { absent, alphasOf, alphaUsual, type GateCheck, type GateInput, type GateKind } from '../gate-check.ts';
import { sayUndecided } from '../say-check.ts';
import { largestDifference, type Difference, type Group, type Largest } from './group-differences.ts';
import { groupRates } from './group-rates.ts';

type FairGate = Extract<GateSpec, { readonly gate: 'fair' }>;

/**
 * The largest difference between any two of the declared groups, held against a limit.
 *
 * It passes where each difference is proven to lie within the limit, each with the whole error: whichever pair truly
 * differs by more, that one lets it by in at most about 5 % of trainings (intersection-union), so the largest of the
 * bounds bounds the largest difference. It is refused where two groups are proven to differ by more, with the error
 * shared by all pairs (Bonferroni) and gates.
 */
export const betweenGroups: GateKind<FairGate> = { judge, leavesOpen: () => false };

const titles: Readonly<Record<FairGate['measure'], string>> = {
  demographicParity: 'Demographic parity',
  equalisedOdds: 'Equalised odds',
  calibration: 'Calibration by group',
};

function judge(gate: FairGate, input: GateInput): GateCheck {
  const { measure, atMost: limit, slices } = gate;
  const rows = input.candidate.labels.length;
  const title = titles[measure];
  const found = (input.slices ?? []).filter(({ under }) => slices.includes(under));
  if (found.length === 0) return absent(gate, limit, rows, `${title}: this training kept no slices of its test rows.`);
  const rates = groupRates(measure, input.candidate, found);
  const empty = rates.flatMap(({ groups }) => groups.filter(({ sample }) => sample === null));
  const largest = largestDifference(rates, limit, alphasOf(input, alphaUsual));
  if (largest === null) return absent(gate, limit, rows, `${title}: no two groups have rows to compare.`);
  const verdict = largest.verdict === 'pass' && empty.length > 0 ? 'insufficient' : largest.verdict;
  const { estimate, bound, alpha, rowsNeeded } = largest;
  return {
    gate,
    verdict,
    value: estimate.value,
    bound: bound.value,
    limit,
    rows,
    method: 'mover',
    alpha,
    rowsNeeded,
    text: `${title}: ${say(gate, { ...largest, verdict }, empty)}.`,
  };
}

function say({ atMost, undecided }: FairGate, largest: Largest, empty: readonly Group[]): string {
  const { verdict, estimate, bound, alpha, rowsNeeded } = largest;
  const level = `with ${sayShare(1 - alpha)} confidence`;
  const told = `the largest difference is ${sayNumber(estimate.value)}, ${sayPair(estimate)}`;
  const asked = `at most ${sayNumber(atMost)} is asked`;
  if (verdict === 'fail') {
    const proven = isSame(estimate, bound) ? '' : ` between ${bound.more.name} and ${bound.less.name}`;
    return `${told}; ${level} at least ${sayNumber(bound.value)}${proven} (MOVER); ${asked}: missed`;
  }
  const within = `${level} no two groups differ by more than ${sayNumber(bound.value)} (MOVER)`;
  if (verdict === 'pass') return `${told}; ${within}; ${asked}: met`;
  const without = [...new Set(empty.map(({ name }) => name))];
  const why =
    without.length > 0
      ? `${without.join(', ')} ${without.length === 1 ? 'has' : 'have'} no such rows`
      : `it hangs on ${bound.more.name} and ${bound.less.name}, ${sayNeeded(rowsNeeded)}`;
  return `${told}; ${within}; ${asked}: not decided, ${why}; ${sayUndecided(undecided)}`;
}

function sayPair({ rate, more, less }: Difference): string {
  const one = ({ name, rows, estimate }: Difference['more']) =>
    `${sayNumber(estimate)} of ${name} (${sayMany(rows, 'row')})`;
  return `${rate}: ${one(more)} to ${one(less)}`;
}

function sayNeeded(rows: number | null): string {
  return rows === null
    ? 'and no test would have the rows to decide it'
    : `about ${sayCount(rows)} more rows of both would decide it`;
}

function isSame(a: Difference, b: Difference): boolean {
  return a.rate === b.rate && a.more.name === b.more.name && a.less.name === b.less.name;
}
