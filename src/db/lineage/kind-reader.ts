import type { LineageKind, LineageName } from '../../domain/record/lineage/lineage.ts';
import type { Described, LineageWay } from '../../domain/record/lineage/trace.ts';
import { parseWhole } from '../../domain/words/whole-number.ts';
import type { Db } from '../base/connect.ts';

/** Next things of one thing, each list at most so long: the latest. */
export const neighboursMax = 100;

/** Whose lineage is asked for, and which other models whoever asks may see. */
export interface Seen {
  readonly model: string;
  readonly canSee: (model: string) => boolean;
}

/** Things of one kind: what they are called in the database, and what they are tied to. */
export interface KindReader {
  describe(db: Db, seen: Seen, key: string): Promise<Described | null>;
  next(db: Db, seen: Seen, key: string, way: LineageWay): Promise<readonly LineageName[]>;
}

export function named(kind: LineageKind, ...keys: readonly (string | number | null)[]): LineageName[] {
  return keys.flatMap((key) => (key === null ? [] : [{ kind, key: String(key) }]));
}

/** The number that a key is; 0, which nothing has, for whatever is none. */
export function numberIn(key: string): number {
  const number = parseWhole(key) ?? 0;
  return number > 2_147_483_647 ? 0 : number;
}
