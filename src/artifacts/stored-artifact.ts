export interface StoredArtifact {
  readonly digest: string;
  readonly bytes: number;
  /** When it was last put. */
  readonly putAtMs: number;
}

/** `00` to `ff`: the parts of a walk over a store. */
export const artifactPrefixes: readonly string[] = Array.from({ length: 256 }, (_, index) =>
  index.toString(16).padStart(2, '0'),
);
