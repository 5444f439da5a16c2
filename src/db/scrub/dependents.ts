import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** What of one model needs a file. */
export interface Dependents {
  readonly digest: string;
  readonly model: string;
  readonly versions: readonly number[];
  /** Of these versions, the one that answers. */
  readonly champion: number | null;
  /** Digests. */
  readonly snapshots: readonly string[];
  /** What else of it stands in the file, in words. */
  readonly others: readonly string[];
}

/** Models that are told of one file; several share one only where they were given the same bytes. */
const modelsMax = 20;
const namedMax = 20;

/**
 * Every file that a row says is there, by what needs it. What else looks like a digest (of a source, of a contract, in
 * the input of a run) keeps a file from the sweep where there is one, but does not say that there is one.
 */
const needs = sql`
  select v.model, f.file, v.version, null::text as snapshot, null::text as other
    from version v cross join lateral (values (v.model_digest), (v.profile_digest), (v.correction)) f (file)
    where v.files_removed_at is null
  union all select s.model, f.file, null, s.digest, null
    from snapshot s left join tombstone t on t.digest = s.digest and t.what = 'snapshot' cross join lateral (
      select case when t.digest is null then s.digest else t.replaced_by end
      union all select s.manifest ->> 'quarantineDigest'
      union all select s.manifest #>> '{repairs,logDigest}'
      union all select r ->> 'sha256' from jsonb_array_elements(s.manifest -> 'files') r) f (file)
    where s.files_removed_at is null
  union all select e.model, e.body ->> 'digest', null, null, 'a correction'
    from evidence e where e.kind = 'correction'
  union all select l.model, f.file, null, null, 'sealed predictions or labels'
    from sealed_stretch l cross join lateral (values (l.file_digest), (l.index_digest), (l.manifest_digest)) f (file)
  union all select p.model, p.digest, null, null, 'pushed rows' from pushed_batch p where p.digest is not null`;

/**
 * Everything that needs these files, by file and model: versions by their files and by the snapshots that they were
 * trained on, snapshots, sealed parts of the log, pushed rows. Law: it reads all versions and snapshots once, however
 * many files are asked for, and is asked about files that are damaged.
 */
export async function dependentsOf(db: Db, digests: readonly string[]): Promise<readonly Dependents[]> {
  if (digests.length === 0) return [];
  const { rows } = await db.execute<{
    digest: string;
    model: string;
    versions: number[] | null;
    champion: number | null;
    snapshots: string[] | null;
    others: string[] | null;
  }>(sql`
    with direct as materialized (
      select * from (${needs}) n where n.file in (select jsonb_array_elements_text(${JSON.stringify(digests)}::jsonb))
    ), named as (
      select file, model, version, snapshot, other from direct
      union select d.file, v.model, v.version, null, null from direct d
        join version v on v.model = d.model and v.files_removed_at is null and v.snapshots ? d.snapshot
    ), told as (
      select file, model, row_number() over (partition by file order by model) as nth,
        array_agg(distinct version order by version desc) filter (where version is not null) as versions,
        array_agg(distinct snapshot order by snapshot) filter (where snapshot is not null) as snapshots,
        array_agg(distinct other order by other) filter (where other is not null) as others
      from named group by file, model
    )
    select t.file as digest, t.model, t.versions[1:${sql.raw(String(namedMax))}] as versions,
      t.snapshots[1:${sql.raw(String(namedMax))}] as snapshots, t.others,
      (select (r.entry #>> '{champion,version}')::int from routing r where r.model = t.model
        and (r.entry #>> '{champion,version}')::int = any(t.versions)) as champion
    from told t where t.nth <= ${modelsMax} order by t.file, t.model`);
  return rows.map(({ digest, model, versions, champion, snapshots, others }) => ({
    digest,
    model,
    versions: versions ?? [],
    champion,
    snapshots: snapshots ?? [],
    others: others ?? [],
  }));
}
