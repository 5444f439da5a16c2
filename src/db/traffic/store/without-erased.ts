import type pg from 'pg';
import type { SpoolRecord } from '../../../domain/record/records.ts';

/**
 * Leaves out what was answered, or said, of an entity before it was erased and reaches the database only now: a spool
 * may have waited for hours. Labels and stand-ins of such a prediction go with it where they come in the same segment.
 */
export async function withoutErased<Models extends Iterable<readonly [string, readonly SpoolRecord[]]>>(
  client: pg.PoolClient,
  models: Models,
): Promise<readonly (readonly [string, readonly SpoolRecord[]])[]> {
  const all = [...models];
  const named = all.flatMap(([model, records]) => namesIn(model, records));
  if (named.length === 0) return all;
  // Most installations have erased nobody: names are sent for models alone of which somebody was.
  const asked = await client.query<{ model: string }>(
    `select m.model from unnest($1::text[]) as m (model)
     where exists (select from erasure_hash h where h.model = m.model)`,
    [[...new Set(named.map(({ model }) => model))]],
  );
  if (asked.rows.length === 0) return all;
  const erased = new Set(asked.rows.map(({ model }) => model));
  const names = named.filter(({ model }) => erased.has(model));
  const { rows } = await client.query<{ model: string; hash: string; ms: number }>(
    `select h.model, h.entity_hash as hash, (extract(epoch from max(h.erased_at)) * 1000)::float8 as ms
     from erasure_hash h join erasure e on e.erasure_id = h.erasure_id and not e.is_dry_run
     where (h.model, h.entity_hash) in (select * from unnest($1::text[], $2::text[]))
     group by h.model, h.entity_hash`,
    [names.map(({ model }) => model), names.map(({ hash }) => hash)],
  );
  if (rows.length === 0) return all;
  const untilMs = new Map(rows.map(({ model, hash, ms }) => [`${model}/${hash}`, ms]));
  return all.map(([model, records]) => [model, kept(records, (hash) => untilMs.get(`${model}/${hash}`) ?? null)]);
}

function namesIn(model: string, records: readonly SpoolRecord[]) {
  const hashes = new Set(records.map((one) => (one.type === 'proxy' ? null : one.record.entityHash)));
  return [...hashes].flatMap((hash) => (hash === null ? [] : [{ model, hash }]));
}

function kept(records: readonly SpoolRecord[], untilMsOf: (hash: string) => number | null): readonly SpoolRecord[] {
  const isErased = (one: SpoolRecord): boolean => {
    if (one.type === 'proxy' || one.record.entityHash === null) return false;
    const untilMs = untilMsOf(one.record.entityHash);
    return untilMs !== null && (one.type === 'label' ? one.record.receivedAtMs : one.record.requestedAtMs) <= untilMs;
  };
  const gone = new Set(
    records.flatMap((one) => (one.type === 'prediction' && isErased(one) ? [one.record.predictionId] : [])),
  );
  return records.filter((one) => {
    if (isErased(one)) return false;
    return one.type === 'prediction' || one.record.predictionId === null || !gone.has(one.record.predictionId);
  });
}
