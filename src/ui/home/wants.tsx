import type { HomeCard } from '../../commands/pages/home.ts';
import { ago, rolloutPath } from '../words/format.ts';

/** What the model wants of a person, most urgent first. */
export function Wants({ card }: { readonly card: HomeCard }) {
  const held = card.rollout?.status === 'held' ? card.rollout : null;
  const open = card.alerts.critical + card.alerts.warning;
  return (
    <ul class="small">
      {held === null ? null : (
        <li>
          <a href={rolloutPath(card.name, held.version, held.attempt)}>
            The rollout of v{held.version} waits for a person
          </a>
          {held.heldSince === null ? '' : ` for ${ago(held.heldSince)}`}
        </li>
      )}
      {open === 0 ? null : (
        <li>
          <a href={`/alerts?model=${encodeURIComponent(card.name)}`}>
            {card.attention.reasons
              .filter(({ about }) => about === 'alerts')
              .map(({ text }) => text)
              .join(', ')}
          </a>
        </li>
      )}
      {card.attention.reasons
        .filter(({ about }) => about !== 'alerts' && about !== 'held')
        .map(({ text }) => (
          <li>{text}</li>
        ))}
    </ul>
  );
}
