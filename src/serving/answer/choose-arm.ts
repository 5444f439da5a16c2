import { armOf, hash32, type Arm, type RoutingEntry } from '../../domain/rollout/routing.ts';

export interface Assignment {
  readonly bucket: number;
  readonly arm: Arm;
}

/**
 * Which arm answers a row: sticky by entity, by prediction id for a row without one. A process that is no member (any
 * more) answers with the champion alone, because nobody may be counting on what it does.
 */
export function chooseArm(
  entry: RoutingEntry,
  entity: string | null,
  predictionId: string,
  nowMs: number,
  isMember: boolean,
): Assignment {
  const bucket = hash32(entry.salt, entity ?? predictionId);
  return { bucket, arm: isMember ? armOf(entry, bucket, nowMs) : 'champion' };
}
