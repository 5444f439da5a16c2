import type { AnswersMeasured, ReliabilityBin } from '../../domain/training/calibration/calibration.ts';
import { calibrationBins } from '../../domain/metrics/measures.ts';
import { shareLower, shareUpper } from '../../statistics/distributions/clopper-pearson.ts';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import { calibrationError, decideRows, logLossRows } from '../../statistics/samples/losses.ts';
import { ascendingOrder } from '../../statistics/samples/ranking.ts';
import { weightedMean } from '../families/numeric/weights.ts';
import type { CalibrationRows } from './odds-rows.ts';

/** Each draw looks at all rows: the cost does not grow with the history. */
const rowsMax = 50_000;
const draws = 200;
/** Of both ends of an interval together. */
const alpha = 0.05;

/** How well answers hold what they say; the labels that are drawn depend on the seed alone. */
export function measureAnswers(rows: CalibrationRows, seed: number): AnswersMeasured {
  const { answers, classes, labels, weights } = rows;
  const { confidences, outcomes } = statedIn(rows);
  const order = ascendingOrder(confidences);
  return {
    logLoss: weightedMean(logLossRows(answers, classes, labels), weights),
    error: calibrationError(confidences, outcomes, order, calibrationBins),
    errorOfCalibrated: drawnErrors(confidences, order, createRandom(seed).fork('labels of calibrated answers')),
    reliability: reliabilityOf(confidences, outcomes, order),
  };
}

/** As the metric `calibrationError` sees them: of two classes the positive one, of several the decided one. */
function statedIn({ answers, classes, labels }: CalibrationRows) {
  const first = Math.max(0, labels.length - rowsMax);
  const confidences = new Float64Array(labels.length - first);
  const outcomes = new Float64Array(labels.length - first);
  const decided = classes === 2 ? null : decideRows(answers, classes, null);
  for (let row = first; row < labels.length; row++) {
    const stated = decided === null ? 1 : (decided[row] ?? 0);
    confidences[row - first] = answers[row * classes + stated] ?? Number.NaN;
    outcomes[row - first] = labels[row] === stated ? 1 : 0;
  }
  return { confidences, outcomes };
}

/** Consistency resampling (Bröcker and Smith 2007): also answers that are right miss by luck. */
function drawnErrors(confidences: Float64Array, order: Uint32Array, random: Random): { low: number; high: number } {
  const drawn = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const outcomes = confidences.map((confidence) => (random.next() < confidence ? 1 : 0));
    drawn[draw] = calibrationError(confidences, outcomes, order, calibrationBins);
  }
  drawn.sort();
  const at = (share: number): number => drawn[Math.round(share * (draws - 1))] ?? 0;
  return { low: at(alpha / 2), high: at(1 - alpha / 2) };
}

function reliabilityOf(confidences: Float64Array, outcomes: Float64Array, order: Uint32Array): ReliabilityBin[] {
  const bins = Math.min(calibrationBins, order.length);
  return Array.from({ length: bins }, (_, bin) => {
    const rows = order.subarray(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    let [predicted, hits] = [0, 0];
    for (const row of rows) {
      predicted += confidences[row] ?? 0;
      hits += outcomes[row] ?? 0;
    }
    return {
      predicted: predicted / rows.length,
      observed: hits / rows.length,
      low: shareLower(hits, rows.length, alpha / 2),
      high: shareUpper(hits, rows.length, alpha / 2),
      rows: rows.length,
    };
  });
}
