import { fullWeight, type OpenRolloutStatus, type RoutingEntry } from '../../domain/rollout/routing.ts';

/** Stage of a model as one word with a colour. */
export function stageWord(
  entry: RoutingEntry | null,
  rollout: OpenRolloutStatus | null,
): { readonly word: string; readonly kind: 'good' | 'info' | 'warn' | '' } {
  if (rollout === 'held') return { word: 'held for a person', kind: 'warn' };
  if (entry === null || entry.stage === 'empty') return { word: 'no champion', kind: 'warn' };
  if (entry.stage === 'shadow') return { word: 'shadow', kind: 'info' };
  if (entry.stage === 'canary') return { word: 'canary', kind: 'info' };
  return { word: 'steady', kind: 'good' };
}

/** Who answers how much, as routed now: a challenger's share is what its weight says. */
export function trafficParts(
  entry: RoutingEntry | null,
): readonly { readonly name: string; readonly share: number; readonly colour: number }[] {
  if (entry === null || entry.champion === null)
    return [{ name: 'nobody (declared fallback, where there is one)', share: 0, colour: 5 }];
  const share = entry.challenger === null || entry.stage !== 'canary' ? 0 : entry.challengerWeight / fullWeight;
  const champion = { name: `champion v${entry.champion.version}`, share: 1 - share, colour: 0 };
  if (entry.challenger === null) return [champion];
  return [
    champion,
    { name: `challenger v${entry.challenger.version}${entry.stage === 'shadow' ? ' (shadow)' : ''}`, share, colour: 1 },
  ];
}
