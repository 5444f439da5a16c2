import type { ModelGlance } from '../../db/pages/home.ts';

export interface Attention {
  /** 0 is well; larger is more urgent. */
  readonly level: number;
  /** What asks for attention, worst first; empty when nothing does. */
  readonly reasons: readonly string[];
}

/**
 * Why a model wants a person, in the order in which one should look: who waits for a word, then what hurts, then what
 * stands still.
 */
export function attentionOf(
  model: Pick<ModelGlance, 'rollout' | 'alerts' | 'frozen' | 'paused' | 'entry' | 'lastWindow'>,
): Attention {
  const found: (readonly [level: number, reason: string])[] = [];
  if (model.frozen === 'kill') found.push([60, 'the kill switch was pulled']);
  if (model.rollout?.status === 'held') found.push([50, `the rollout of v${model.rollout.version} waits for a person`]);
  if (model.alerts.critical > 0) found.push([40, alerts(model.alerts.critical, 'critical')]);
  if (model.alerts.warning > 0) found.push([30, alerts(model.alerts.warning, 'warning')]);
  if (model.entry?.champion == null) found.push([20, 'no champion yet']);
  if (model.frozen === 'freeze') found.push([10, 'frozen: nothing automatic changes it']);
  if (model.paused) found.push([9, 'paused: no automatic training']);
  return { level: found[0]?.[0] ?? 0, reasons: found.map(([, reason]) => reason) };
}

function alerts(count: number, kind: string): string {
  return `${count} ${kind} ${count === 1 ? 'alert' : 'alerts'} open`;
}
