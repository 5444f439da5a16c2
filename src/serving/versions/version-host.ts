import { readFile } from 'node:fs/promises';
import { readCorrection } from '../../answering/read-correction.ts';
import type { Correction } from '../../domain/rollout/correction.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { RoutedVersion } from '../../domain/rollout/routing.ts';
import { signatureOf, type Signature } from '../../domain/spec/signature.ts';
import { createBatcher, type Batcher } from './micro-batch.ts';
import type { ArtifactPaths, Log, RoutingSource } from '../ports.ts';
import { loadScorer } from './session.ts';
import { versionKey } from './version-key.ts';

export interface LoadedVersion {
  readonly signature: Signature;
  readonly batcher: Batcher;
  /** The type of each input, as ONNX Runtime names it. */
  readonly inputTypes: ReadonlyMap<string, string>;
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
  /** Resolves when no version has rows waiting. */
  idle(): Promise<void>;
}

/** Corrections are a few numbers each; beyond this the ones in use are simply read again. */
const correctionsMax = 1_000;

export function createVersionHost(parts: {
  readonly source: Pick<RoutingSource, 'spec'>;
  readonly artifacts: ArtifactPaths;
  readonly log: Log;
  readonly onLoading?: (key: string) => void;
}): VersionHost {
  const versions = new Map<string, LoadedVersion>();
  const failed = new Set<string>();
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
        const signature = signatureOf(await parts.source.spec(model, routed.specRevision));
        const scorer = await loadScorer(await parts.artifacts.checkedPathOf(routed.modelDigest), signature);
        const onError = (error: unknown): void =>
          parts.log.error({ model, version: routed.version, reason: reasonOf(error) }, 'a run of the model failed');
        versions.set(key, { signature, batcher: createBatcher(scorer, { onError }), inputTypes: scorer.inputTypes });
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
    async idle() {
      await Promise.all([...versions.values()].map((version) => version.batcher.idle()));
    },
  };
}
