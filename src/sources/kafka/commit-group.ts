import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import type { SourcePlace } from '../port.ts';
import { commitOffsets, findCoordinator } from './client/requests.ts';
import { withCluster } from './cluster.ts';

/**
 * Sets the offsets of the declared group, for people who look at the lag of a topic with their own tools. They are
 * never read, and what was stored is the snapshot's: so nothing depends on whether this comes through, and a group that
 * is not there, or has consumers of its own, is left as it is.
 */
export async function commitGroup(
  spec: KafkaSource,
  place: SourcePlace,
  offsets: ReadonlyMap<number, number>,
): Promise<void> {
  const { group, topic } = spec;
  if (group === undefined) return;
  await withCluster(spec, place, async (cluster) => {
    const coordinator = await cluster.askAny(findCoordinator(group));
    if (coordinator !== null) await cluster.askAt(coordinator, commitOffsets(group, topic, offsets));
  }).catch(() => undefined);
}
