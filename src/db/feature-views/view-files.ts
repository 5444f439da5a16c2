import { PerennialError } from '../../domain/words/errors.ts';
import type { ViewFile } from '../../views/offline/view-rows.ts';
import type { Db } from '../base/connect.ts';
import { viewLine, type LinePart } from './view-line.ts';

interface Store {
  checkedPathOf(sha256: string): Promise<string>;
}

/**
 * The files of a snapshot of a view and of all that it continues, in the order of their rows, each compared with its
 * digest; none for null, which is a view without rows. Throws `not_found` where one was given up or is gone.
 */
export async function viewFilesOf(
  db: Db,
  store: Store,
  { view, snapshot }: { readonly view: string; readonly snapshot: string | null },
): Promise<readonly ViewFile[]> {
  if (snapshot === null) return [];
  const line = await viewLine(db, snapshot);
  if (line === null) throw givenUp(view, snapshot);
  const files: ViewFile[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  for (const part of line) files.push(...(await filesOfPart(store, part)));
  return files;
}

export function givenUp(view: string, snapshot: string): PerennialError {
  return new PerennialError('not_found', `Rows of snapshot ${snapshot.slice(0, 16)} of view ${view} were given up.`, {
    path: view,
  });
}

/** The files of one snapshot that holds rows. Throws `not_found` where one is gone. */
export async function filesOfPart(
  store: Store,
  { files, view, throughSeq }: Pick<LinePart, 'files' | 'view' | 'throughSeq'>,
): Promise<readonly ViewFile[]> {
  const found: ViewFile[] = [];
  for (const { sha256 } of files) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    const path = await store.checkedPathOf(sha256);
    const { receivedMs, endedMs } = view;
    const ended = endedMs === undefined ? {} : { endedMs };
    found.push({ path, receivedMs, isJoined: view.joins !== undefined, throughSeq, ...ended });
  }
  return found;
}
