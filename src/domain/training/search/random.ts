import { familiesOf, type SearchedFamily } from '../../spec/search/searched-families.ts';
import type { SearchSpec } from '../../spec/trainer-spec.ts';
import { createRandom, type Random } from '../../../statistics/numeric/random.ts';
import { drawValue } from './draw-value.ts';
import type { Point } from './trial.ts';

/** A family, and a value of each of its distributions, all by chance. */
export function randomPoint(search: SearchSpec, number: number): Point | null {
  const families = familiesOf(search);
  const random = randomOf(search, number);
  const family = families[random.integer(Math.max(1, families.length))];
  return family === undefined ? null : { family: family.family, values: drawAll(family, random) };
}

/** The chance of one trial, whatever was drawn for those before it. */
export function randomOf({ seed }: Pick<SearchSpec, 'seed'>, number: number): Random {
  return createRandom(seed).fork(`trial-${number}`);
}

function drawAll({ searched }: SearchedFamily, random: Random): Point['values'] {
  return Object.fromEntries(Object.entries(searched).map(([name, each]) => [name, drawValue(each, random)]));
}
