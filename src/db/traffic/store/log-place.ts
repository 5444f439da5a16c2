import type pg from 'pg';

/** How the log is parted. Every process of an installation should have the same; the settings say what they are. */
export interface LogPlan {
  /** How long a part lasts before the next begins, milliseconds. */
  readonly partMs: number;
  /** How long a repeated id is known to be one, milliseconds; at most one part longer. */
  readonly idHorizonMs: number;
}

export const dayMs = 86_400_000;
export const defaultLogPlan: LogPlan = { partMs: 7 * dayMs, idHorizonMs: 30 * dayMs };

/** Where rows that are stored now belong. */
export interface LogPlace {
  readonly part: number;
  /** The oldest part whose ids are still known. */
  readonly horizon: number;
  /** The oldest part that may be written to. */
  readonly floor: number;
}

/**
 * To be asked before any stream is locked: when no part was made ahead, this makes one, under a lock that nobody may
 * wait for while others wait for a stream of theirs.
 */
export async function logPlace(client: pg.ClientBase, { partMs, idHorizonMs }: LogPlan): Promise<LogPlace> {
  const { rows } = await client.query<LogPlace>('select part, horizon, floor from log_place($1, $2)', [
    partMs,
    idHorizonMs,
  ]);
  const [place] = rows;
  if (place === undefined) throw new Error('log_place gave no row');
  return place;
}
