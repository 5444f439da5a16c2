import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { digestOfJson } from '../../artifacts/digest.ts';
import type { CheckedParts } from '../contract/checked-parts.ts';

/** How far the check of a large file has come, in a form that a heartbeat carries from one attempt to the next. */
interface IngestProgress {
  /** Digest of what is read, by which contract, and how: parts of anything else are worth nothing. */
  readonly of: string;
  /** Digests of the checked rows of its first parts, in order. */
  readonly parts: readonly string[];
}

/** Where an attempt reads how far the one before it had come, and says how far it has come itself. */
export interface ProgressNote {
  readonly known: unknown;
  tell(progress: IngestProgress): void;
}

/** Parts of one file in the artifact store; what is not named by a progress any more goes with the next sweep. */
export function storedParts(
  store: Pick<ArtifactStore, 'putFile' | 'checkedPathOf' | 'has'>,
  workDir: string,
  note: ProgressNote,
  of: Readonly<Record<string, unknown>>,
): CheckedParts {
  const digest = digestOfJson(of);
  const known = isProgress(note.known) && note.known.of === digest ? note.known.parts : [];
  const parts: string[] = [];
  const pathOf = (part: number): string => join(workDir, `part-${part}.parquet`);
  return {
    async find(part) {
      const name = known[part];
      if (name === undefined || !(await store.has(name))) return null;
      parts[part] = name;
      return store.checkedPathOf(name);
    },
    pathOf,
    async keep(part) {
      const name = await store.putFile(pathOf(part));
      await rm(pathOf(part), { force: true });
      parts[part] = name;
      note.tell({ of: digest, parts: [...parts] });
      return store.checkedPathOf(name);
    },
  };
}

function isProgress(value: unknown): value is IngestProgress {
  if (typeof value !== 'object' || value === null || !('of' in value) || !('parts' in value)) return false;
  const { of, parts } = value;
  return typeof of === 'string' && Array.isArray(parts) && parts.every((part) => typeof part === 'string');
}
