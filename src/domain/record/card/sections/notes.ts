import { list, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** What people wrote on it; null where nobody did. */
export function notesSection({ notes }: CardFacts): CardSection | null {
  if (notes.length === 0) return null;
  const lines = notes.map(({ at, actor, text }): CardLine => [`${at}, ${actor}: ${text}`]);
  return { id: 'notes', title: 'Notes', blocks: [list(lines)] };
}
