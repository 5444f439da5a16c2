import type { SearchSpec } from '../../spec/trainer-spec.ts';
import type { Sampler } from '../../spec/search/search-spec.ts';
import { gridPoint } from './grid.ts';
import { randomPoint } from './random.ts';
import { tpePoint } from './tpe.ts';
import type { Point, Tried } from './trial.ts';

/**
 * The next point: trial `number` of a search, given what earlier ones came to. It depends on the definition, the number
 * and `tried` alone, so that it is chosen again after a kill. Null where there is none left.
 */
export type Suggest = (search: SearchSpec, number: number, tried: readonly Tried[]) => Point | null;

export const suggestBy: Record<Sampler, Suggest> = { random: randomPoint, grid: gridPoint, tpe: tpePoint };
