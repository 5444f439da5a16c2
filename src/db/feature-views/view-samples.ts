import type { LookSample } from '../../domain/view/look-sample.ts';
import type { ViewSampled } from '../../serving/ports.ts';
import type { Database } from '../base/connect.ts';
import type { OnlineKey } from './online-build.ts';

export interface KeptSample {
  readonly sampleId: number;
  readonly model: string;
  readonly look: LookSample;
}

/** Keeps what was served until it is compared. */
export async function keepSamples({ pool }: Pick<Database, 'pool'>, samples: readonly ViewSampled[]): Promise<void> {
  if (samples.length === 0) return;
  await pool.query(
    `insert into view_sample (model, view, digest, look)
     select d ->> 'model', d ->> 'view', d ->> 'digest', d -> 'look' from jsonb_array_elements($1::jsonb) as l (d)`,
    [JSON.stringify(samples)],
  );
}

/** The samples of the revision whose oldest one has waited longest; at most `limit` of them, the oldest first. */
export async function samplesToCheck(
  { pool }: Pick<Database, 'pool'>,
  limit: number,
): Promise<{ readonly key: OnlineKey; readonly samples: readonly KeptSample[] } | null> {
  const { rows: oldest } = await pool.query<OnlineKey>(
    'select view, digest from view_sample order by sampled_at, sample_id limit 1',
  );
  const [key] = oldest;
  if (key === undefined) return null;
  const { rows } = await pool.query<KeptSample>(
    `select sample_id::float8 as "sampleId", model, look from view_sample
     where view = $1 and digest = $2 order by sampled_at, sample_id limit $3`,
    [key.view, key.digest, limit],
  );
  return { key, samples: rows };
}
