import { holmRejected } from '../../../statistics/samples/multiplicity.ts';
import { titleOf } from '../../metrics/metrics.ts';
import { pickRows } from '../../metrics/scored-rows.ts';
import type { GateSpec } from '../../spec/spec.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import { comparableRowsMin } from '../against-champion.ts';
import { sideOf, type PairedRows } from '../compare-paired.ts';
import {
  absent,
  alphasOf,
  hasChampion,
  holdAgainst,
  sayUncompared,
  type GateCheck,
  type GateInput,
  type GateKind,
} from '../gate-check.ts';
import { differenceOf } from '../gate-samples.ts';
import type { Sample } from '../sample-bounds.ts';
import { sayBound, sayDifference } from '../say-check.ts';
import { checkOfSlices, sayOpen, type SliceHeld } from './held-slices.ts';

type SlicesGate = Extract<GateSpec, { readonly gate: 'noWorseInSlices' }>;

/**
 * The candidate against the champion in each of the declared slices.
 *
 * It passes where every slice is proven not to be worse than tolerated, each with the whole alpha: whichever slice it
 * truly harms, that one lets it by in at most alpha of trainings (intersection-union, R. Berger, Technometrics 24,
 * 1982). It is refused where a slice is proven worse, by Holm over the slices, so that a candidate that harms none is
 * said to harm one with probability at most alpha, shared among the gates. Without a champion there is nothing to harm.
 */
export const againstChampionInSlices: GateKind<SlicesGate> = {
  judge,
  leavesOpen: (_gate, input) => !hasChampion(input),
};

function judge(gate: SlicesGate, input: GateInput): GateCheck {
  const { metric, margin, slices } = gate;
  const limit = margin === 0 ? 0 : -margin;
  const name = `${titleOf(metric)} against the champion, slice by slice`;
  const { champion } = input;
  if (champion === null) return absent(gate, limit, 0, `${name}: ${sayUncompared(input)}.`);
  const rows = champion.labels.length;
  const found = (input.slices ?? []).filter(({ under }) => slices.includes(under));
  if (found.length === 0) return absent(gate, limit, rows, `${name}: this training kept no slices of its test rows.`);
  // Rows that the champion was not trained on are the youngest ones.
  const from = input.candidate.labels.length - rows;
  const held = holdSlices(
    found.map((slice) => {
      const own = slice.rows.filter((row) => row >= from).map((row) => row - from);
      return { name: slice.name, rows: own.length, sample: sampleIn(champion, gate, own) };
    }),
    gate,
    input,
  );
  return { ...checkOfSlices(gate, held, limit, rows), text: `${name}: ${say(gate, held)}.` };
}

function sampleIn(champion: PairedRows, { metric }: SlicesGate, rows: readonly number[]): Sample | null {
  if (rows.length < comparableRowsMin) return null;
  return differenceOf(
    metric,
    pickRows(sideOf(champion, 'challenger'), rows),
    pickRows(sideOf(champion, 'champion'), rows),
  );
}

interface Sampled extends Pick<SliceHeld, 'name' | 'rows'> {
  readonly sample: Sample | null;
}

function holdSlices(sampled: readonly Sampled[], gate: SlicesGate, input: GateInput): readonly SliceHeld[] {
  const limit = { value: -gate.margin, isStrict: false };
  const { lower, upper } = alphasOf(input, gate.alpha);
  const at = ({ sample }: Sampled, alpha: number) =>
    sample === null ? null : holdAgainst(sample, limit, { lower, upper: alpha });
  const harmed = holmRejected(sampled.length, upper, (index, alpha) => {
    const slice = sampled[index];
    return slice !== undefined && at(slice, alpha)?.verdict === 'fail';
  });
  return sampled.map((slice, index) => {
    const level = harmed.find((found) => found.index === index)?.alpha ?? upper / sampled.length;
    return { name: slice.name, rows: slice.rows, rowsMin: comparableRowsMin, held: at(slice, level) };
  });
}

function say(gate: SlicesGate, slices: readonly SliceHeld[]): string {
  const asked = `${sayNumber(gate.margin)} worse is tolerated in each`;
  const harmed = slices.filter(({ held }) => held?.verdict === 'fail');
  if (harmed.length > 0)
    return `${harmed.map(sayOne).join('; ')}; ${asked}: missed in ${harmed.length} of ${slices.length} slices`;
  const open = slices.filter(({ held }) => held?.verdict !== 'pass');
  if (open.length > 0) return `${asked}: ${sayOpen(gate, slices, sayOne)}`;
  const [closest] = slices.toSorted((a, b) => (a.held?.bound ?? 0) - (b.held?.bound ?? 0));
  const least = closest === undefined ? '' : `, least sure in ${sayOne(closest)}`;
  return `${asked}: met in ${slices.length === 1 ? 'the one slice' : `all ${slices.length} slices`}${least}`;
}

/** `abroad: 0.012 worse on 300 comparable rows, with 95 % confidence at worst 0.05 worse (Gaffke)` */
function sayOne({ name, rows, held }: SliceHeld): string {
  if (held === null) return name;
  const side = held.verdict === 'fail' ? 'at best' : 'at worst';
  const told = `${name}: ${sayDifference(held.estimate)} on ${sayMany(rows, 'comparable row')}`;
  return `${told}, ${sayBound(held, side, sayDifference(held.bound))}`;
}
