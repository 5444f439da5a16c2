import { isReadWhole, type SourceSpec } from '../../spec/source-spec.ts';
import type { SnapshotManifest } from '../../training/snapshot.ts';

/**
 * Whether a snapshot was read before the last of so many lifted erasures, so that rows of somebody who is let in since
 * are not in it although its source, read again, gives them. Of a source that is read on nothing is read again.
 */
export function isBehindLift(
  source: SourceSpec,
  { liftedErasures = 0 }: Pick<SnapshotManifest, 'liftedErasures'>,
  liftedNow: number,
): boolean {
  return isReadWhole(source) && liftedErasures < liftedNow;
}
