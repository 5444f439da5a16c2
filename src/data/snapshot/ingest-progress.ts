import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productVersion } from '../../product-version.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { digestOfJson, isDigest } from '../../artifacts/digest.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { CheckedParts } from '../contract/checked-parts.ts';

/** Parts that are told of: 67 bytes each in every heartbeat, far below what one may carry. Others are checked again. */
export const partsToldMax = 4_000;

/** How far the check of a large file has come, in a form that a heartbeat carries from one attempt to the next. */
interface PartsTold {
  /** Digest of what is read, by which contract, and how: parts of anything else are worth nothing. */
  readonly of: string;
  /** Digests of the checked rows of its first parts, in order. */
  readonly parts: readonly string[];
}

/** How far its scan has come: see `storedScan`. */
interface ScanTold {
  readonly scan: { readonly of: string; readonly state: string };
}

type IngestProgress = Partial<PartsTold & ScanTold>;

/** Where an attempt reads how far the one before it had come, and says how far it has come itself. */
export interface ProgressNote {
  readonly known: unknown;
  tell(progress: IngestProgress): void;
  /** Hears of each part that lies in the store for this table, whichever attempt has put it there. */
  took?(name: string): void;
}

/** Whoever says how far the scan of a table has come says again how far its check had, and the other way round. */
export function saidTogether(note: ProgressNote): ProgressNote {
  const { known } = note;
  let told: IngestProgress = {
    ...(isProgress(known) ? { of: known.of, parts: known.parts } : {}),
    ...(isScanTold(known) ? { scan: known.scan } : {}),
  };
  return {
    ...note,
    tell(progress) {
      told = { ...told, ...progress };
      note.tell(told);
    },
  };
}

/**
 * Parts of one file in the artifact store. They are read from `folder`: neither a sweep nor a cache that makes room can
 * take them from an attempt under way. How lines become rows, and rows values, is that of a release: another one checks
 * all of them anew.
 */
export function storedParts(
  store: Pick<ArtifactStore, 'putFile' | 'checkedPathOf'>,
  folder: string,
  note: ProgressNote,
  of: Readonly<Record<string, unknown>>,
  release = productVersion,
): CheckedParts {
  const digest = digestOfJson({ ...of, release });
  const known = isProgress(note.known) && note.known.of === digest ? note.known.parts : [];
  const parts = [...known];
  const pathOf = (part: number): string => join(folder, `part-${part}.parquet`);
  return {
    async find(part) {
      const name = known[part];
      const stored = name === undefined ? null : await ifWhole(store.checkedPathOf(name));
      if (name === undefined || stored === null) return null;
      await copyFile(stored, pathOf(part));
      note.took?.(name);
      return pathOf(part);
    },
    pathOf,
    async keep(part) {
      const name = await store.putFile(pathOf(part));
      parts[part] = name;
      note.took?.(name);
      note.tell({ of: digest, parts: parts.slice(0, partsToldMax) });
      return pathOf(part);
    },
  };
}

/** Parts of tables that are done with go at once: they hold rows of people, and nothing names them any more. */
export function createPartsTaken(store: Pick<ArtifactStore, 'sweep'>) {
  const names = new Set<string>();
  return {
    took: (name: string): void => void names.add(name),
    /** What cannot be removed now goes with the sweep of the store, as what an ingest leaves that never ends. */
    async remove(): Promise<void> {
      for (const name of names)
        // oxlint-disable-next-line no-await-in-loop -- one after the other: nobody waits for it
        await store.sweep(name, Number.POSITIVE_INFINITY).catch(() => false);
      names.clear();
    },
  };
}

/** A part that was swept or damaged meanwhile is one that is not done. */
export async function ifWhole<Found>(found: Promise<Found>): Promise<Found | null> {
  return found.catch((error: unknown) => {
    if (isPerennialError(error) && (error.code === 'not_found' || error.code === 'artifact_corrupt')) return null;
    throw error;
  });
}

export function isScanTold(value: unknown): value is ScanTold {
  if (typeof value !== 'object' || value === null || !('scan' in value)) return false;
  const { scan } = value;
  if (typeof scan !== 'object' || scan === null || !('of' in scan) || !('state' in scan)) return false;
  return typeof scan.of === 'string' && typeof scan.state === 'string' && isDigest(scan.state);
}

function isProgress(value: unknown): value is PartsTold {
  if (typeof value !== 'object' || value === null || !('of' in value) || !('parts' in value)) return false;
  const { of, parts } = value;
  return (
    typeof of === 'string' && Array.isArray(parts) && parts.every((part) => typeof part === 'string' && isDigest(part))
  );
}
