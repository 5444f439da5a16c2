/**
 * What a snapshot may be called: never what could be the beginning of a digest, so that a word names either the one or
 * the other.
 */
export const snapshotTagPattern = /^(?![0-9a-f]{8,64}$)[a-z][a-z0-9_.-]{0,62}$/;
export const snapshotTagRule =
  'must be lower-case letters, digits, ".", "-" or "_", starting with a letter, at most 63, and no digest';
