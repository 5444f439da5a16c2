import { sayMany } from '../../../words/say.ts';
import { fact, list, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** How the fit was chosen, and what a program of somebody else is made of; null where nothing is known. */
export function trainerSection({ family, trees, fitFacts }: CardFacts): CardSection | null {
  const lines = [
    ...(family === null
      ? []
      : [fact('Family', trees === null || trees === 0 ? family : `${family}, ${sayMany(trees, 'tree')}`)]),
    ...fitFacts.map(({ name, text }) => fact(name, text)),
  ];
  return lines.length === 0 ? null : { id: 'trainer', title: 'Trainer', blocks: [list(lines)] };
}
