import { sql } from 'drizzle-orm';
import { readingRunKinds } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { lineFrom } from '../models/line-from.ts';
import { lockRouting } from '../routing/routing.ts';
import { namedSnapshots } from '../tags/tags.ts';
import { dayBefore } from './aged-rows.ts';
import { neededVersions } from './needs.ts';
import { noteRemoval } from './remove-rows.ts';

/**
 * Marks versions and snapshots that nobody needs any more, so that nothing finds them; the files themselves go when the
 * artifacts are swept. Under the lock of the routing, since a champion may be moved to a version at any time. Days null
 * keeps all.
 */
export async function giveUpFiles(tx: Db, model: string, days: number | null): Promise<void> {
  if (days === null || !(await hasOldFiles(tx, model, days))) return;
  await lockRouting(tx, model);
  const needed = neededVersions(model, days);
  const versions = await tx.execute(sql`
    update version v set files_removed_at = now()
    where v.model = ${model} and v.files_removed_at is null and v.created_at < ${dayBefore(days)}
      and v.version not in (select n.version from (${needed}) n where n.version is not null)`);
  await noteRemoval(tx, model, 'versions', { rows: versions.rowCount ?? 0, bytes: 0 });
  const kept = sql`select s.digest, s.manifest from snapshot s
    where s.model = ${model} and (s.created_at >= ${dayBefore(days)}
      or s.digest in (select jsonb_array_elements_text(v.snapshots) from version v
        where v.model = ${model} and v.files_removed_at is null)
      or s.digest in (${namedSnapshots(model)})
      or s.digest in (select distinct on (n.kind) n.digest from snapshot n where n.model = ${model}
        and n.files_removed_at is null order by n.kind, n.created_at desc))`;
  const snapshots = await tx.execute(sql`
    with recursive ${lineFrom(kept)}
    update snapshot s set files_removed_at = now()
    where s.model = ${model} and s.files_removed_at is null and s.created_at < ${dayBefore(days)}
      and s.digest not in (select digest from line)
      and not exists (select from run r where r.model = ${model} and r.status = 'running'
        and r.kind in ${readingRunKinds})`);
  // What people decided of rows goes with the rows; the audit keeps that they did.
  const given = sql`(select digest from snapshot where model = ${model} and files_removed_at is not null)`;
  await tx.execute(sql`delete from quarantine_edit where snapshot in ${given}`);
  await tx.execute(sql`delete from quarantine_decision where snapshot in ${given}`);
  await noteRemoval(tx, model, 'snapshots', { rows: snapshots.rowCount ?? 0, bytes: 0 });
}

/** Most ticks find none: then nobody who moves a champion has to wait. */
async function hasOldFiles(tx: Db, model: string, days: number): Promise<boolean> {
  const { rows } = await tx.execute<{ has: boolean }>(sql`select
    exists (select from version v where v.model = ${model} and v.files_removed_at is null
      and v.created_at < ${dayBefore(days)})
    or exists (select from snapshot s where s.model = ${model} and s.files_removed_at is null
      and s.created_at < ${dayBefore(days)}) as has`);
  return rows[0]?.has === true;
}
