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
 * stretch begins where the sealed one before it ended: whoever asks again after a kill gets the same answer.
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
      `with sealed as (
         select model, max(last_place) as last from sealed_stretch where part = $1 and kind = $2 group by model
       ), begun as (
         select t.model, min(t.${place}) as first from ${table} t left join sealed s on s.model = t.model
         where t.part = $1 and t.${place} > coalesce(s.last, -1) group by t.model order by t.model limit 1
       )
       select b.model, b.first::text, max(rest.place)::text as last from begun b cross join lateral (
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
