import type { FitFact } from '../external/say-external-fit.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import type { AnswersMeasured, Calibration } from './calibration.ts';

/** What became of a calibration, in one sentence. */
export function sayCalibration({ method, isTaken, why, rows, measured }: Calibration): string {
  const on = `on ${sayMany(rows, 'validation row')}`;
  if (measured === undefined) return `The answers are not calibrated (${method}): ${why ?? 'it was not fitted'}.`;
  const { before, after } = measured;
  const losses = `log loss ${sayNumber(after.logLoss)} with, ${sayNumber(before.logLoss)} without`;
  return isTaken
    ? `The answers are calibrated (${method}, fitted ${on}: ${losses}).`
    : `The answers are not calibrated (${method}): ${why ?? 'it was not fitted'} (${losses}, ${on}).`;
}

/** As facts of a version, on its page and card; none where none was asked for. */
export function calibrationFacts(calibration: Calibration | undefined): readonly FitFact[] {
  if (calibration === undefined) return [];
  const fact = { name: 'Calibration', text: sayCalibration(calibration) };
  if (calibration.measured === undefined) return [fact];
  const { before, after, gain } = calibration.measured;
  const text =
    `Log loss ${gain.mean < 0 ? 'rises' : 'falls'} by ${sayNumber(Math.abs(gain.mean))} ` +
    `(95 % interval of the fall: ${sayNumber(gain.low)} to ${sayNumber(gain.high)}). ` +
    `${sayError('before', before)} ${sayError('after', after)}`;
  return [fact, { name: 'Calibration on validation rows', text }];
}

function sayError(when: string, { error, errorOfCalibrated: { low, high } }: AnswersMeasured): string {
  return (
    `Calibration error ${when}: ${sayNumber(error)} ` +
    `(answers that are right have ${sayNumber(low)} to ${sayNumber(high)} on so many rows).`
  );
}
