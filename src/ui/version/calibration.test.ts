import { expect, test } from 'vitest';
import type { VersionPage } from '../../db/pages/version.ts';
import type { Calibration } from '../../domain/training/calibration/calibration.ts';
import { CalibrationPanel } from './calibration.tsx';

const bin = { predicted: 0.9, observed: 0.7, low: 0.61, high: 0.78, rows: 40 };
const answers = { logLoss: 0.5, error: 0.1, errorOfCalibrated: { low: 0.01, high: 0.03 }, reliability: [bin] };
const measured = {
  before: answers,
  after: { ...answers, logLoss: 0.4, error: 0.02, reliability: [{ ...bin, predicted: 0.72 }] },
  gain: { mean: 0.1, low: 0.05, high: 0.15 },
};
const textOf = (calibration?: Calibration): string =>
  String(
    CalibrationPanel({ page: { report: calibration === undefined ? {} : { calibration } } as unknown as VersionPage }),
  );

test('the page of a version shows what a calibration did, or why there is none', () => {
  expect(textOf()).toBe('null');
  const taken = textOf({ method: 'platt', isTaken: true, rows: 400, measured });
  expect(taken).toContain('The answers are calibrated (platt, fitted on 400 validation rows: log loss 0.4 with, 0.5');
  expect(taken).toContain('Log loss falls by 0.1 (95 % interval of the fall: 0.05 to 0.15).');
  expect(taken).toContain('Calibration error before: 0.1 (answers that are right have 0.01 to 0.03 on so many rows).');
  expect(taken).toContain('72 %');
  const why = 'it needs 100 validation rows, and there are 40';
  const few = textOf({ method: 'isotonic', isTaken: false, why, rows: 40 });
  expect(few).toContain(`The answers are not calibrated (isotonic): ${why}.`);
  expect(few).not.toContain('<table');
  const worse = textOf({
    method: 'isotonic',
    isTaken: false,
    why: 'the log loss would be higher',
    rows: 400,
    measured,
  });
  expect(worse).toContain('not calibrated (isotonic): the log loss would be higher (log loss 0.4 with, 0.5 without,');
});
