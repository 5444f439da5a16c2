import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { proxy } from '../../schema/index.ts';
import { joinCurrentLabel } from './current-label.ts';
import { notInAbTest } from './prediction-of.ts';

/** A prediction has one value of each proxy that was declared when it came. */
const proxiesShownMax = 100;

/** Values of a proxy on rows of a stretch of the traffic, in time order, as known by the end of a window. */
export async function proxyValues(
  db: Db,
  model: string,
  name: string,
  at: { readonly firstSeq: number; readonly lastSeq: number; readonly throughWindow: number; readonly rowsMax: number },
): Promise<readonly number[]> {
  const result = await db.execute<{ values: number[] | null }>(sql`
    select json_agg(value order by prediction_seq) as values from (
      select value, prediction_seq from proxy where model = ${model} and name = ${name}
        and prediction_seq between ${at.firstSeq}::bigint and ${at.lastSeq}::bigint
        and known_window <= ${at.throughWindow}
        and exists (select from prediction p where p.model = ${model} and p.seq = prediction_seq and ${notInAbTest})
      order by prediction_seq desc limit ${at.rowsMax}
    ) latest`);
  return result.rows[0]?.values ?? [];
}

export interface LoggedProxy {
  readonly name: string;
  readonly value: number;
  readonly receivedAtMs: number;
  readonly knownWindow: number;
}

/** What each proxy said of a prediction, by name: as many as were ever declared. */
export async function proxiesOf(db: Db, model: string, predictionId: string): Promise<readonly LoggedProxy[]> {
  const rows = await db
    .select()
    .from(proxy)
    .where(and(eq(proxy.model, model), eq(proxy.predictionId, predictionId)))
    .orderBy(asc(proxy.name))
    .limit(proxiesShownMax);
  return rows.map(({ name, value, receivedAt, knownWindow }) => {
    return { name, value, receivedAtMs: receivedAt.getTime(), knownWindow };
  });
}

/** A mature row of which both are known. */
export interface ProxiedRow {
  readonly value: number;
  readonly scores: readonly number[];
  readonly label: string;
  /** The hash of its entity; null for a row without one. */
  readonly entity: string | null;
}

/**
 * The latest mature answers with a label and this proxy, oldest first. Law: at most 2 × `rowsMax` proxies with their
 * rows and labels.
 */
export async function proxiedRows(
  db: Db,
  model: string,
  name: string,
  at: { readonly matureSeq: number; readonly throughWindow: number; readonly rowsMax: number },
): Promise<readonly ProxiedRow[]> {
  const result = await db.execute<{ rows: [number, number[], string, string | null][] | null }>(sql`
    select json_agg(json_build_array(value, scores, label, entity_hash) order by seq) as rows from (
      select known.value, p.scores, current.label, p.entity_hash, p.seq
      from (
        select value, prediction_seq from proxy where model = ${model} and name = ${name}
          and prediction_seq <= ${at.matureSeq}::bigint and known_window <= ${at.throughWindow}
        order by prediction_seq desc limit ${2 * at.rowsMax}
      ) known
      cross join lateral (select * from prediction where model = ${model} and seq = known.prediction_seq offset 0) p
      ${joinCurrentLabel({ window: at.throughWindow })}
      where p.version > 0 and not p.failed and ${notInAbTest}
      order by p.seq desc limit ${at.rowsMax}
    ) latest`);
  return (result.rows[0]?.rows ?? []).map(([value, scores, label, entity]) => ({ value, scores, label, entity }));
}
