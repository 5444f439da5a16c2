import type { PairedRows } from '../../../src/domain/training/compare-paired.ts';
import type { Random } from '../../../src/statistics/numeric/random.ts';
import { matureThroughOf } from '../../../tests/worlds/delayed-world.ts';
import { logistic } from '../../../tests/worlds/paired-world.ts';
import type { RolloutWorld } from './rollout-worlds.ts';

/** Labelled pairs of a rollout as they come, each drawn and scored once however often they are looked at. */
export interface LabelledStream {
  draw(rows: number): void;
  /** Pairs whose label has come, and of these the ones that are mature. */
  known(): PairedRows;
  mature(): PairedRows;
}

export function createLabelledStream(world: RolloutWorld, random: Random): LabelledStream {
  const { labelledRowsMax, lookRows, delayOf } = world;
  const rowsMax = Math.ceil(labelledRowsMax / lookRows) * lookRows;
  const all = createPairs(rowsMax);
  /** Position at which the label of each row becomes known. */
  const knownSeqs = new Float64Array(rowsMax);
  let drawn = 0;

  function drawRow(): void {
    const { label, champion, challenger } = world.draw(random);
    all.labels[drawn] = label;
    setScore(all.champion, drawn, logistic(champion));
    setScore(all.challenger, drawn, logistic(challenger));
    knownSeqs[drawn] = drawn + 1 + (delayOf?.(label) ?? 0);
    drawn++;
  }

  const through = (throughSeq: number): PairedRows =>
    delayOf === undefined ? pairsOf(all, drawn) : knownOf(all, knownSeqs, throughSeq, drawn);
  return {
    draw(rows) {
      for (let row = 0; row < rows; row++) drawRow();
    },
    known: () => through(drawn),
    mature: () => through(delayOf === undefined ? drawn : matureThroughOf(all.labels, knownSeqs, drawn)),
  };
}

/** Labels of so many rows, and two probabilities of each model a row. */
interface Pairs {
  readonly labels: Float64Array;
  readonly champion: Float64Array;
  readonly challenger: Float64Array;
}

function createPairs(rows: number): Pairs {
  return {
    labels: new Float64Array(rows),
    champion: new Float64Array(rows * 2),
    challenger: new Float64Array(rows * 2),
  };
}

function setScore(scores: Float64Array, row: number, probability: number): void {
  scores[row * 2 + 1] = probability;
  scores[row * 2] = 1 - probability;
}

/** Rows through a position whose label is known by the last one. */
function knownOf(all: Pairs, knownSeqs: Float64Array, throughSeq: number, lastSeq: number): PairedRows {
  const known = createPairs(throughSeq);
  let rows = 0;
  for (let row = 0; row < throughSeq; row++) {
    if ((knownSeqs[row] ?? Infinity) > lastSeq) continue;
    known.labels[rows] = all.labels[row] ?? 0;
    setScore(known.champion, rows, all.champion[row * 2 + 1] ?? 0);
    setScore(known.challenger, rows, all.challenger[row * 2 + 1] ?? 0);
    rows++;
  }
  return pairsOf(known, rows);
}

function pairsOf({ labels, champion, challenger }: Pairs, rows: number): PairedRows {
  return {
    task: 'binary',
    classes: ['no', 'yes'],
    labels: labels.subarray(0, rows),
    champion: champion.subarray(0, rows * 2),
    challenger: challenger.subarray(0, rows * 2),
    championThreshold: 0.5,
    challengerThreshold: 0.5,
    gains: null,
  };
}
