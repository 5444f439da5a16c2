import { authorise } from '../../access/principal.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { quarantinedRows, type QuarantinedRow } from '../../data/quarantine/quarantined-rows.ts';
import { decidedRows, decisionsOf, editsOf } from '../../db/models/quarantine.ts';
import type { Db } from '../../db/base/connect.ts';
import type { SnapshotPage } from '../../db/pages/snapshot.ts';
import { quarantineMax, type RowPick } from '../../domain/contract/quarantine.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { findSnapshot } from '../snapshots/find-snapshot.ts';

export const everyRow: RowPick = { ruleId: null, line: null };

/**
 * The snapshot whose quarantine is meant. Rows are shown or changed, so it takes `operate`. Throws as `findSnapshot`,
 * and `conflict` where it set nothing aside.
 */
export async function quarantineOf(context: CommandContext, digest: string): Promise<SnapshotPage> {
  const found = await findSnapshot(context, digest, 'operate');
  authorise(context.principal, 'operate', found.model);
  if (found.manifest.quarantineDigest === null)
    throw new PerennialError('conflict', `Snapshot ${found.digest.slice(0, 16)} set no row aside.`, {
      path: found.digest,
      hint: 'See `perennial quarantine list` for those that did.',
    });
  return found;
}

/** The same for what changes it: rows of traffic were answered as they came, and are no file to mend. */
export async function historyQuarantineOf(context: CommandContext, digest: string): Promise<SnapshotPage> {
  const found = await quarantineOf(context, digest);
  if (found.kind === 'history') return found;
  throw new PerennialError('conflict', `Snapshot ${found.digest.slice(0, 16)} is of traffic, which is not edited.`, {
    path: found.digest,
    hint: 'Correct labels by sending them again.',
  });
}

/** How many edits and decisions people have made of these rows: a reading of the source knows none of them. */
export async function handiworkOf(db: Db, digest: string): Promise<number> {
  const { dropped, replayed } = (await decidedRows(db, [digest])).get(digest) ?? { dropped: 0, replayed: 0 };
  return (await editsOf(db, digest)).length + dropped + replayed;
}

const pageRows = 2_000;

/** Rows that nothing was decided of yet, with their edits; at most as many as one command takes. */
export async function openRows(
  { db, store }: { readonly db: Db; readonly store: Pick<ArtifactStore, 'pathOf'> },
  { digest, manifest }: SnapshotPage,
  pick: RowPick,
): Promise<readonly QuarantinedRow[]> {
  const path = await store.pathOf(manifest.quarantineDigest ?? '');
  const edits = await editsOf(db, digest);
  const open: QuarantinedRow[] = [];
  let afterLine = -1;
  // Pages follow each other; together they are one quarantine, which the contract bounds.
  while (open.length < quarantineMax.rowsPerCommand) {
    // oxlint-disable-next-line no-await-in-loop -- where a page begins is where the one before it ended
    const rows = await quarantinedRows(path, { pick, edits, afterLine, rowsMax: pageRows, charactersMax: null });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const decided = await decisionsOf(
      db,
      digest,
      rows.map(({ line }) => line),
    );
    open.push(...rows.filter(({ line }) => !decided.has(line)));
    if (rows.length < pageRows) break;
    afterLine = rows.at(-1)?.line ?? afterLine;
  }
  return open.slice(0, quarantineMax.rowsPerCommand);
}
