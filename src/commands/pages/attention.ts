import type { ModelGlance } from '../../db/pages/home.ts';

export interface Attention {
  /** 0 is well; larger is more urgent. */
  readonly level: number;
  /** What asks for attention, worst first; empty when nothing does. */
  readonly reasons: readonly AttentionReason[];
}

export interface AttentionReason {
  readonly about: 'kill' | 'held' | 'alerts' | 'champion' | 'freeze' | 'pause';
  readonly text: string;
}

/**
 * Why a model wants a person, in the order in which one should look: who waits for a word, then what hurts, then what
 * stands still.
 */
export function attentionOf(
  model: Pick<ModelGlance, 'rollout' | 'alerts' | 'frozen' | 'isPaused' | 'entry' | 'lastWindow'>,
): Attention {
  const found: (AttentionReason & { readonly level: number })[] = [];
  const { critical, warning } = model.alerts;
  if (model.frozen === 'kill') found.push({ level: 60, about: 'kill', text: 'the kill switch was pulled' });
  if (model.rollout?.status === 'held')
    found.push({ level: 50, about: 'held', text: `the rollout of v${model.rollout.version} waits for a person` });
  if (critical > 0) found.push({ level: 40, about: 'alerts', text: alerts(critical, 'critical') });
  if (warning > 0) found.push({ level: 30, about: 'alerts', text: alerts(warning, 'warning') });
  if (model.entry?.champion == null) found.push({ level: 20, about: 'champion', text: 'no champion yet' });
  if (model.frozen === 'freeze')
    found.push({ level: 10, about: 'freeze', text: 'frozen: nothing automatic changes it' });
  if (model.isPaused) found.push({ level: 9, about: 'pause', text: 'paused: no automatic training' });
  return { level: found[0]?.level ?? 0, reasons: found.map(({ about, text }) => ({ about, text })) };
}

function alerts(count: number, kind: string): string {
  return `${count} ${kind} ${count === 1 ? 'alert' : 'alerts'} open`;
}
