import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** What of one model needs a file. */
export interface Dependents {
  readonly model: string;
  readonly versions: readonly number[];
  /** Of these versions, the one that answers. */
  readonly champion: number | null;
  /** Digests. */
  readonly snapshots: readonly string[];
  /** True where sealed predictions or labels stand in it. */
  readonly isLog: boolean;
}

/** Models that are told of one file; several share one only where they were given the same bytes. */
const modelsMax = 20;
const namedMax = 20;

/**
 * Everything that needs a file, by model: versions by their files and by the snapshots that they were trained on,
 * snapshots, sealed parts of the log. Law: it reads all versions and snapshots, and is asked when a file is found
 * damaged, not at every look.
 */
export async function dependentsOf(db: Db, digest: string): Promise<readonly Dependents[]> {
  const { rows } = await db.execute<{
    model: string;
    versions: number[] | null;
    champion: number | null;
    snapshots: string[] | null;
    is_log: boolean;
  }>(sql`
    with holding as (
      select s.model, s.digest from snapshot s where s.files_removed_at is null
        and (s.digest = ${digest} or s.manifest ->> 'quarantineDigest' = ${digest}
          or s.manifest #>> '{repairs,logDigest}' = ${digest}
          or s.manifest -> 'files' @> ${JSON.stringify([{ sha256: digest }])}::jsonb)
    ), needing as (
      select v.model, v.version from version v where v.files_removed_at is null
        and (v.model_digest = ${digest} or v.profile_digest = ${digest} or v.correction = ${digest}
          or exists (select from holding h where h.model = v.model and v.snapshots ? h.digest))
    ), logged as (
      select distinct l.model from sealed_stretch l
        where ${digest} in (l.file_digest, l.index_digest, l.manifest_digest)
    ), models as (
      select model from holding union select model from needing union select model from logged
    )
    select m.model, m.model in (select model from logged) as is_log,
      (select (r.entry #>> '{champion,version}')::int from routing r where r.model = m.model
        and (r.entry #>> '{champion,version}')::int in (select n.version from needing n where n.model = m.model))
        as champion,
      (select array_agg(n.version) from (select version from needing where model = m.model
        order by version desc limit ${namedMax}) n) as versions,
      (select array_agg(h.digest) from (select digest from holding where model = m.model
        order by digest limit ${namedMax}) h) as snapshots
    from models m order by m.model limit ${modelsMax}`);
  return rows.map((row) => ({
    model: row.model,
    versions: row.versions ?? [],
    champion: row.champion,
    snapshots: row.snapshots ?? [],
    isLog: row.is_log,
  }));
}
