import { lineageOf } from '../models/snapshots.ts';
import type { Db } from '../base/connect.ts';

/** A file of accepted rows of a view, and when they were received; null where they count from their event time. */
interface FileOfView {
  readonly path: string;
  readonly receivedMs: number | null;
}

/** Every file of the line of a snapshot of a view, in order; none for null, which is a view without rows. */
export async function viewFilesOf(
  db: Db,
  store: { checkedPathOf(sha256: string): Promise<string> },
  snapshot: string | null,
): Promise<readonly FileOfView[]> {
  const files: FileOfView[] = [];
  for (const { manifest } of snapshot === null ? [] : await lineageOf(db, [snapshot]))
    for (const { sha256 } of manifest.files)
      // oxlint-disable-next-line no-await-in-loop -- one file at a time
      files.push({ path: await store.checkedPathOf(sha256), receivedMs: manifest.view?.receivedMs ?? null });
  return files;
}
