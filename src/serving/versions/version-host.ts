import { readFile } from 'node:fs/promises';
import { readCorrection } from '../../answering/read-correction.ts';
import type { Correction } from '../../domain/rollout/correction.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { RoutedVersion } from '../../domain/rollout/routing.ts';
import { openVersion, type LoadedVersion, type OpenVersionParts, type OwnedProcess } from './open-version.ts';
import { versionKey } from './version-key.ts';

/** The process of one version, as health and metrics show it. */
export interface HostedProcess {
  readonly model: string;
  readonly version: number;
  readonly isAway: boolean;
  readonly bytes: number;
  /** 0 while it is away. */
  readonly pid: number;
}

/** The versions that this process has in memory. */
export interface VersionHost {
  /** Undefined when it is not loaded (or could not be). */
  get(model: string, routed: RoutedVersion): LoadedVersion | undefined;
  /**
   * Loads and warms; blocks the event loop for as long as it takes. False (and a log line) when the file cannot be
   * used.
   */
  load(model: string, routed: RoutedVersion): Promise<boolean>;
  /** The correction of a digest; null for `identity`. Throws when it cannot be read: the entry is then not applied. */
  correction(digest: string): Promise<Correction | null>;
  readonly loaded: readonly string[];
  readonly failed: readonly string[];
  /** Of the versions that have a process of their own. */
  readonly processes: readonly HostedProcess[];
  /** Resolves when no version has rows waiting. */
  idle(): Promise<void>;
  /** Ends the processes of versions. */
  close(): Promise<void>;
}

/** Corrections are a few numbers each; beyond this the ones in use are simply read again. */
const correctionsMax = 1_000;

export interface VersionHostParts extends OpenVersionParts {
  readonly onLoading?: (key: string) => void;
}

export function createVersionHost(parts: VersionHostParts): VersionHost {
  const versions = new Map<string, LoadedVersion>();
  const failed = new Set<string>();
  const processes: OwnedProcess[] = [];
  const corrections = new Map<string, Correction | null>();
  return {
    async correction(digest) {
      const known = corrections.get(digest);
      if (known !== undefined) return known;
      const read = await readCorrection(digest, async (stored) =>
        readFile(await parts.artifacts.checkedPathOf(stored)),
      );
      if (corrections.size >= correctionsMax) corrections.clear();
      corrections.set(digest, read);
      return read;
    },
    get: (model, routed) => versions.get(versionKey(model, routed)),
    async load(model, routed) {
      const key = versionKey(model, routed);
      if (versions.has(key)) return true;
      parts.onLoading?.(key);
      try {
        const loaded = await openVersion(parts, model, routed);
        if (loaded.process !== null) processes.push(loaded.process);
        versions.set(key, loaded.version);
        failed.delete(key);
        return true;
      } catch (error) {
        failed.add(key);
        parts.log.error({ model, version: routed.version, reason: reasonOf(error) }, 'the version cannot be loaded');
        return false;
      }
    },
    get loaded() {
      return [...versions.keys()];
    },
    get failed() {
      return [...failed];
    },
    get processes() {
      return processes.map(({ model, version, scorer }) => {
        const { bytes, pid } = scorer.process;
        return { model, version, bytes, pid, isAway: scorer.process.whyAway() !== null };
      });
    },
    async idle() {
      await Promise.all([...versions.values()].map((version) => version.batcher.idle()));
    },
    async close() {
      await Promise.all(processes.map(({ scorer }) => scorer.close()));
    },
  };
}
