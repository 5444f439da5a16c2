import type { Database } from '../../src/db/base/connect.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { TargetSpec } from '../../src/domain/spec/spec.ts';

/** One row as it was answered, with the label that it has by now. */
export interface LabelledAnswer {
  readonly id: string;
  readonly version: number;
  readonly scores: readonly number[];
  readonly decision: string | null;
  readonly label: string | null;
}

/** What one loop answered, in the order of its traffic. */
export interface Answers {
  /** Whose they are, as a sentence names them. */
  readonly of: string;
  readonly model: string;
  readonly target: TargetSpec;
  readonly rows: readonly LabelledAnswer[];
}

const pageRows = 10_000;
/** All of them are held in memory, twice. */
const rowsMax = 2_000_000;

/**
 * Every answer of a model, read with columns that have been there since the log has partitions, so that the database of
 * an older tree can be read without a migration. Without `model` the database must hold a single one.
 */
export async function readAnswers({ pool }: Database, of: string, model: string | null): Promise<Answers> {
  const specs = await pool.query<{ model: string; target: TargetSpec }>(
    `select distinct on (model) model, spec->'target' as target from spec_revision
     where $1::text is null or model = $1 order by model, revision desc`,
    [model],
  );
  const [found] = specs.rows;
  const names = specs.rows.map((row) => row.model);
  if (found === undefined)
    throw new PerennialError('not_found', `${of} holds ${model === null ? 'no model' : `no model "${model}"`}.`);
  if (names.length > 1)
    throw new PerennialError('invalid_request', `${of} holds ${names.length} models: --model names one of them.`);
  const rows: LabelledAnswer[] = [];
  for (let afterSeq = '0'; ;) {
    const page = await pool.query<LabelledAnswer & { readonly seq: string }>(
      `select p.prediction_id as id, p.seq::text as seq, p.version, p.scores, p.decision, said.label
       from prediction p left join lateral (
         select l.label from label l where l.model = p.model and l.prediction_id = p.prediction_id
         order by l.received_at desc, l.label_seq desc limit 1
       ) said on true
       where p.model = $1 and p.seq > $2::bigint order by p.seq limit ${pageRows}`,
      [found.model, afterSeq],
    );
    for (const { id, version, scores, decision, label } of page.rows)
      rows.push({ id, version, scores, decision, label });
    const last = page.rows.at(-1);
    if (last === undefined) return { of, model: found.model, target: found.target, rows };
    if (rows.length > rowsMax)
      throw new PerennialError('invalid_request', `${of} holds more than ${rowsMax.toLocaleString('en')} answers.`);
    afterSeq = last.seq;
  }
}
