import { expect, test } from 'vitest';
import { viewNamed } from './view-named.ts';

test.each([
  ['view/cardholders', 'cardholders'],
  ['view/card_holders', 'card_holders'],
  ['view/payments.card_holders-2', 'payments.card_holders-2'],
  ['view/', null],
  ['view/Cards', null],
  ['view/of/cards', null],
  ['cardholders', null],
])('%s names the view %s', (word, view) => {
  expect(viewNamed(word)).toBe(view);
});
