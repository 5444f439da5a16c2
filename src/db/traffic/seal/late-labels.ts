import type { Database } from '../../base/connect.ts';

/** A label by id of which the prediction was not in Postgres when it came, and its prediction. */
export interface LateLabel {
  readonly model: string;
  readonly predictionId: string;
}

/** Ids that one look takes. */
const labelsMax = 50_000;

/**
 * Labels of a part that wait for a prediction with a known id, in one order, behind `after`; none once the part is
 * frozen. Labels of part 0 are older than the column that says where their prediction stands.
 */
export async function lateLabels(
  { pool }: Pick<Database, 'pool'>,
  part: number,
  after: LateLabel | null,
): Promise<readonly LateLabel[]> {
  const { rows } = await pool.query<LateLabel>(
    `select distinct model, prediction_id as "predictionId" from label
     where part = $1 and part > 0 and prediction_seq is null and prediction_id is not null
       and (model, prediction_id) > ($2, $3)
       and exists (select from log_part p where p.part = $1 and p.frozen_at is null)
     order by model, prediction_id limit ${labelsMax}`,
    [part, after?.model ?? '', after?.predictionId ?? ''],
  );
  return rows;
}

/** Writes down at which positions the predictions of these ids stand. */
export async function placeLateLabels(
  { pool }: Pick<Database, 'pool'>,
  part: number,
  model: string,
  seqs: ReadonlyMap<string, number>,
): Promise<void> {
  if (seqs.size === 0) return;
  await pool.query(
    `update label l set prediction_seq = p.seq from unnest($3::text[], $4::bigint[]) as p (id, seq)
     where l.part = $1 and l.model = $2 and l.prediction_id = p.id and l.prediction_seq is null`,
    [part, model, [...seqs.keys()], [...seqs.values()]],
  );
}
