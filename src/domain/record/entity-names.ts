/**
 * How an installation names the entities of its rows. The *bare* hash is the first half of SHA-256 over model and
 * entity: whoever has a list of ids can tell which one it is of, so it is never stored. What is stored is that hash
 * under the installation's key. Without the key it tells nothing; with the key it can be taken back to the bare hash,
 * by which rows of releases before the key are found.
 */
export interface EntityNames {
  /** Tells the key from others and gives nothing of it away. */
  readonly fingerprint: string;
  /** What is stored of an entity: 32 hex digits. */
  hashOf(model: string, entity: string): string;
  /** Of a bare hash. Throws `invalid_data` for what is none. */
  keyed(bare: string): string;
  /** The other way. Throws `invalid_data` for what is no hash. */
  bare(keyed: string): string;
}

/** How a hash of an entity is written, bare or keyed. */
export const entityHashPattern = /^[0-9a-f]{32}$/;
