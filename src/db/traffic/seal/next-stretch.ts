import type { SealedKind } from '../../../domain/record/sealed.ts';
import type { Database } from '../../base/connect.ts';
import { atLeisure } from './parts.ts';

/** Rows of one sealed file at most: a file of some ten megabytes, sorted in memory. */
export const stretchRowsMax = 500_000;

/** A stretch of one model's rows of a frozen part; places are positions, or `label_seq` of labels, both inclusive. */
export interface Stretch {
  readonly part: number;
  readonly kind: SealedKind;
  readonly model: string;
  readonly firstPlace: number;
  readonly lastPlace: number;
}

const tables = {
  predictions: { table: 'prediction', place: 'seq' },
  labels: { table: 'label', place: 'label_seq' },
} as const;

/**
 * The next stretch of a frozen part that is not sealed; null when all are. The part does not change any more, and each
 * stretch begins where the sealed one before it ended: whoever asks again after a kill gets the same answer. Models
 * come in the order of their names, so that those before the newest sealed one need no look. Law: linear in the rows of
 * one model.
 */
export async function nextStretch(database: Pick<Database, 'pool'>, part: number, rowsMax = stretchRowsMax) {
  for (const kind of ['predictions', 'labels'] as const) {
    const found = await nextOf(database, part, kind, rowsMax);
    if (found !== null) return found;
  }
  return null;
}

async function nextOf(
  database: Pick<Database, 'pool'>,
  part: number,
  kind: SealedKind,
  rowsMax: number,
): Promise<Stretch | null> {
  const { table, place } = tables[kind];
  const { rows } = await atLeisure(database, (client) =>
    client.query<{ model: string; first: string; last: string }>(
      `with newest as (
         select model, max(last_place) as last from sealed_stretch where part = $1 and kind = $2
         group by model order by model desc limit 1
       ), begun as (
         select t.model, min(t.${place}) as first from newest s join ${table} t on t.model = s.model
         where t.part = $1 and t.${place} > s.last group by t.model
         union all
         select f.model, (select min(t.${place}) from ${table} t where t.part = $1 and t.model = f.model) from (
           select t.model from ${table} t where t.part = $1 and t.model > coalesce((select model from newest), '')
           order by t.model limit 1
         ) f
       )
       select b.model, b.first::text, max(rest.place)::text as last
       from (select * from begun order by model limit 1) b cross join lateral (
         select t.${place} as place from ${table} t where t.part = $1 and t.model = b.model and t.${place} >= b.first
         order by t.${place} limit $3
       ) rest group by b.model, b.first`,
      [part, kind, rowsMax],
    ),
  );
  const [row] = rows;
  if (row === undefined) return null;
  return { part, kind, model: row.model, firstPlace: Number(row.first), lastPlace: Number(row.last) };
}
