import type { StepPoint } from '../../spec/closed-sets.ts';
import type { StepCallVerdict } from './messages.ts';

/** When the steps of a point are asked, as people say it. */
export const pointWords: Readonly<Record<StepPoint, string>> = {
  afterIngest: 'after ingest',
  beforeTrain: 'before the fit',
  evaluate: 'before the gate',
  beforePromotion: 'before promotion',
  afterPromotion: 'after promotion',
};

/** `the step licence-check (before promotion) said no: no licence`; one without an answer says why it has none. */
export function sayStep(
  point: StepPoint,
  { name, verdict, text }: { readonly name: string; readonly verdict: StepCallVerdict; readonly text: string },
): string {
  const said = { pass: 'passed', fail: 'said no', none: 'failed' }[verdict];
  return `the step ${name} (${pointWords[point]}) ${said}${text === '' ? '' : `: ${text}`}`;
}
