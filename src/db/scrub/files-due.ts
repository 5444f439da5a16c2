import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/**
 * Files that the rows need whose own digest lies after the first and not after the second. Digests are even, so a share
 * of them is a share of the rows: each row is read once a round, by an index, whatever the platform keeps. What else
 * looks like a digest (of a source, of a contract, in the input of a run) keeps a file from the sweep where there is
 * one, but does not say that there is one.
 */
export async function filesDue(db: Db, after: string, through: string): Promise<ReadonlySet<string>> {
  // Whatever the database's collation, as the indexes compare.
  const isDue = (digest: SQL): SQL => sql`${digest} ~>~ ${after} and ${digest} ~<=~ ${through}`;
  const { rows } = await db.execute<{ file: string }>(sql`
    select distinct n.file from (
      select f.file from version v
        cross join lateral (values (v.model_digest), (v.profile_digest), (v.correction)) f (file)
        where v.files_removed_at is null and ${isDue(sql`v.model_digest`)}
      union all select f.file
        from snapshot s left join tombstone t on t.digest = s.digest and t.what = 'snapshot' cross join lateral (
          select case when t.digest is null then s.digest else t.replaced_by end
          union all select s.manifest ->> 'quarantineDigest'
          union all select s.manifest #>> '{repairs,logDigest}'
          union all select r ->> 'sha256' from jsonb_array_elements(s.manifest -> 'files') r) f (file)
        where s.files_removed_at is null and ${isDue(sql`s.digest`)}
      union all select e.body ->> 'digest' from evidence e
        where e.kind = 'correction' and ${isDue(sql`(e.body ->> 'digest')`)}
      union all select f.file from sealed_stretch l
        cross join lateral (values (l.file_digest), (l.index_digest), (l.manifest_digest)) f (file)
        where ${isDue(sql`l.manifest_digest`)}
      union all select p.digest from pushed_batch p where p.digest is not null and ${isDue(sql`p.digest`)}
    ) n where n.file ~ '^[0-9a-f]{64}$'`);
  return new Set(rows.map(({ file }) => file));
}
