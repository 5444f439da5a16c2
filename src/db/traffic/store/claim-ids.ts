import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { LogPlace } from './log-place.ts';

/** Predictions and labels have ids of their own. */
export type IdKind = 'prediction' | 'label';

/**
 * Which of these ids are new within the horizon; they are in the ledger then. The caller holds the lock of the model's
 * stream, so nobody else claims them meanwhile, and a transaction that fails gives them back.
 */
export async function claimIds(
  client: pg.ClientBase,
  kind: IdKind,
  model: string,
  ids: readonly string[],
  place: LogPlace,
): Promise<ReadonlySet<string>> {
  const keys = new Map(ids.map((id) => [id, keyOf(kind, model, id)]));
  if (keys.size === 0) return new Set();
  const known = await knownIds(client, kind, model, keys, place);
  const fresh = [...keys].filter(([id]) => !known.has(id));
  if (fresh.length > 0)
    await client.query('insert into id_ledger (key, part) select unnest($1::uuid[]), $2', [
      fresh.map(([, key]) => key),
      place.part,
    ]);
  return new Set(fresh.map(([id]) => id));
}

async function knownIds(
  client: pg.ClientBase,
  kind: IdKind,
  model: string,
  keys: ReadonlyMap<string, string>,
  place: LogPlace,
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ key: string }>(
    'select key from id_ledger where key = any($1::uuid[]) and part >= $2',
    [[...keys.values()], place.horizon],
  );
  const found = new Set(rows.map((row) => row.key));
  const known = new Set([...keys].filter(([, key]) => found.has(key)).map(([id]) => id));
  // What was stored before there was a ledger stands in part 0, whose own keys know it.
  if (place.horizon === 0) for (const id of await idsOfPartZero(client, kind, model, [...keys.keys()])) known.add(id);
  return known;
}

async function idsOfPartZero(
  client: pg.ClientBase,
  kind: IdKind,
  model: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(
    kind === 'prediction'
      ? 'select prediction_id as id from prediction where part = 0 and model = $1 and prediction_id = any($2)'
      : 'select label_id as id from label where part = 0 and model = $1 and label_id = any($2)',
    [model, ids],
  );
  return rows.map((row) => row.id);
}

/** 128 bits of a hash that nobody can aim at another id: a third of the bytes that the names would take. */
function keyOf(kind: IdKind, model: string, id: string): string {
  const hex = createHash('sha256').update(`${kind}\0${model}\0${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
