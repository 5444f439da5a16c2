import { viewLine, type LinePart } from '../../src/db/feature-views/view-line.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { ViewFile } from '../../src/views/offline/view-rows.ts';
import type { ActivityDependencies } from '../dependencies.ts';

type Dependencies = Pick<ActivityDependencies, 'database' | 'store'>;

/**
 * The files of a snapshot of a view and of all that it continues, in the order of their rows, each compared with its
 * digest. Throws `not_found` where one was given up or is gone.
 */
export async function viewFiles(
  { database, store }: Dependencies,
  view: string,
  snapshot: string,
): Promise<readonly ViewFile[]> {
  const line = await viewLine(database.db, snapshot);
  if (line === null)
    throw new PerennialError('not_found', `Snapshot ${snapshot.slice(0, 16)} of view ${view} was given up.`, {
      path: view,
    });
  const files: ViewFile[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  for (const part of line.parts) files.push(...(await filesOfPart(store, part)));
  return files;
}

/** The files of one snapshot that holds rows. Throws `not_found` where one is gone. */
export async function filesOfPart(
  store: Dependencies['store'],
  { files, view, throughSeq }: Pick<LinePart, 'files' | 'view' | 'throughSeq'>,
): Promise<readonly ViewFile[]> {
  const found: ViewFile[] = [];
  for (const { sha256 } of files) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    const path = await store.checkedPathOf(sha256);
    found.push({ path, receivedMs: view.receivedMs, isJoined: view.joins !== undefined, throughSeq });
  }
  return found;
}
