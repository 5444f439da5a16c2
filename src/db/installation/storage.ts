import { asc, inArray, sql } from 'drizzle-orm';
import { forecastDisk, type disks, type DiskForecast, type DiskSample } from '../../domain/record/disk-full.ts';
import type { Db } from '../base/connect.ts';
import { modelStorage, storageSample } from '../schema/index.ts';

export type ModelStorage = typeof modelStorage.$inferSelect;

/** Rows whose size stands for all of a model's. */
const sampledRows = 500;
/** Values of proxies among which those that came with the last rows are counted. */
const sampledProxies = 10_000;
const samplesMax = 24 * 91;
/** What the rate is taken from: a month smooths a week-end, and notices a new model. */
const rateDays = 30;

export async function databaseBytes(db: Db): Promise<number> {
  const { rows } = await db.execute<{ bytes: number }>(
    sql`select pg_database_size(current_database())::float8 as bytes`,
  );
  return rows[0]?.bytes ?? 0;
}

/** One sample an hour; measured again within it, the later one stands. */
export async function keepSample(
  db: Db,
  sample: Omit<typeof storageSample.$inferInsert, 'sampledAt' | 'predictions'>,
): Promise<void> {
  await db.execute(sql`
    insert into storage_sample (sampled_at, database_bytes, artifact_bytes, database_free_bytes, artifact_free_bytes,
      predictions)
    select date_trunc('hour', now()), ${sample.databaseBytes}::bigint, ${sample.artifactBytes}::bigint,
      ${sample.databaseFreeBytes ?? null}::bigint, ${sample.artifactFreeBytes}::bigint,
      (select coalesce(sum(last_seq), 0) from model_stream)
    on conflict (sampled_at) do update set database_bytes = excluded.database_bytes,
      artifact_bytes = excluded.artifact_bytes, database_free_bytes = excluded.database_free_bytes,
      artifact_free_bytes = excluded.artifact_free_bytes, predictions = excluded.predictions`);
}

/** How much larger a table with its indexes is than its rows, of these tables; 2 while there is nothing to measure. */
export async function indexShare(db: Db, table: 'prediction' | 'label' | 'evidence'): Promise<number> {
  const { rows } = await db.execute<{ share: number | null }>(sql`
    with parts as (select relid from pg_partition_tree(${table}::regclass) union select ${table}::regclass)
    select sum(pg_total_relation_size(relid))::float8 / nullif(sum(pg_table_size(relid)), 0)::float8 as share from parts
    having sum(pg_table_size(relid)) > 1000000`);
  return rows[0]?.share ?? 2;
}

/**
 * What one model takes, from the size of its youngest rows and from how many there are: traffic is not counted, a
 * prediction is taken to have as many labels as it had on the average, and as many values of proxies as came with the
 * last rows (they stand with the labels). Law: linear in the evidence of the model, which has an end. `artifactBytes`
 * comes from the files.
 */
export async function measureModel(
  db: Db,
  model: string,
  shares: { readonly prediction: number; readonly label: number; readonly evidence: number },
  artifactBytes: number,
): Promise<void> {
  await db.execute(sql`
    with stream as (select last_seq, labels from model_stream where model = ${model}),
      kept as (select greatest((select last_seq from stream) - (select min(seq) from prediction where model = ${model})
        + 1, 0) as rows),
      young as (select avg(pg_column_size(p.*)) as bytes from (select * from prediction where model = ${model}
        order by seq desc limit ${sampledRows}) p),
      said as (select avg(pg_column_size(l.*)) as bytes from (select * from label where model = ${model}
        order by known_seq desc limit ${sampledRows}) l),
      lately as (select x.* from (select * from proxy where model = ${model}
        and known_seq > (select last_seq from stream) - ${sampledRows} order by known_seq desc
        limit ${sampledProxies}) x),
      instead as (select count(*)::float8 / least(${sampledRows}, greatest((select last_seq from stream), 1)) as share,
        avg(pg_column_size(lately.*)) as bytes from lately),
      proof as (select avg(pg_column_size(e.*)) as bytes from (select * from evidence where model = ${model}
        order by created_at desc limit ${sampledRows}) e)
    insert into model_storage (model, predictions, bytes_per_prediction, prediction_bytes, label_bytes, evidence_bytes,
      artifact_bytes, measured_at)
    select ${model}, coalesce(kept.rows, 0), young.bytes * ${shares.prediction}::float8,
      coalesce(kept.rows * young.bytes * ${shares.prediction}::float8, 0),
      (coalesce((select labels::float8 / nullif(last_seq, 0) from stream) * said.bytes, 0)
        + coalesce(instead.share * instead.bytes, 0)) * kept.rows * ${shares.label}::float8,
      coalesce((select count(*) from evidence where model = ${model}) * proof.bytes * ${shares.evidence}::float8, 0),
      ${artifactBytes}::bigint, now()
    from kept, young, said, instead, proof
    on conflict (model) do update set predictions = excluded.predictions,
      bytes_per_prediction = excluded.bytes_per_prediction, prediction_bytes = excluded.prediction_bytes,
      label_bytes = excluded.label_bytes, evidence_bytes = excluded.evidence_bytes,
      artifact_bytes = excluded.artifact_bytes, measured_at = excluded.measured_at`);
}

/**
 * The files that a model keeps: bytes of its snapshots, each file once however many list it, and of its sealed
 * stretches, and the digests of its versions.
 */
export async function filesOfModel(
  db: Db,
  model: string,
): Promise<{ readonly listedBytes: number; readonly digests: readonly string[] }> {
  const { rows } = await db.execute<{ bytes: number; digests: string[] | null }>(sql`select
    (select coalesce(sum(one.bytes), 0) from (
      select distinct file ->> 'sha256', (file ->> 'bytes')::float8 as bytes from snapshot s,
        jsonb_array_elements(s.manifest -> 'files') file
        where s.model = ${model} and s.files_removed_at is null) one)
    + (select coalesce(sum(bytes), 0)::float8 from sealed_stretch where model = ${model}) as bytes,
    (select array_agg(distinct d.digest) from version v, unnest(array[v.model_digest, v.profile_digest]) as d (digest)
      where v.model = ${model} and v.files_removed_at is null) as digests`);
  return { listedBytes: rows[0]?.bytes ?? 0, digests: rows[0]?.digests ?? [] };
}

export async function storageOf(db: Db, models: readonly string[]): Promise<ReadonlyMap<string, ModelStorage>> {
  const rows = await db
    .select()
    .from(modelStorage)
    .where(inArray(modelStorage.model, [...models]));
  return new Map(rows.map((row) => [row.model, row]));
}

export interface Disk {
  readonly disk: (typeof disks)[number];
  readonly usedBytes: number;
  /** Null where the disk cannot be seen from the worker. */
  readonly forecast: DiskForecast | null;
}

/** The disks by the samples of the last month. Both on one disk fill it together. Empty before the first sample. */
export async function readDisks(db: Db): Promise<readonly Disk[]> {
  const rows = await db
    .select()
    .from(storageSample)
    .where(sql`${storageSample.sampledAt} > now() - ${rateDays} * interval '1 day'`)
    .orderBy(asc(storageSample.sampledAt))
    .limit(samplesMax);
  const last = rows.at(-1);
  if (last === undefined) return [];
  const isOneDisk = last.databaseFreeBytes === last.artifactFreeBytes;
  const samplesOf = (disk: Disk['disk']): DiskSample[] =>
    rows.flatMap((row) => {
      const freeBytes = disk === 'database' ? row.databaseFreeBytes : row.artifactFreeBytes;
      if (freeBytes === null) return [];
      const own = disk === 'database' ? row.databaseBytes : row.artifactBytes;
      const usedBytes = isOneDisk ? row.databaseBytes + row.artifactBytes : own;
      return [{ atMs: row.sampledAt.getTime(), usedBytes, freeBytes }];
    });
  return [
    { disk: 'database', usedBytes: last.databaseBytes, forecast: forecastDisk(samplesOf('database')) },
    { disk: 'artifacts', usedBytes: last.artifactBytes, forecast: forecastDisk(samplesOf('artifacts')) },
  ];
}
