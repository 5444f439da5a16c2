import type { Db } from '../../db/base/connect.ts';
import { recentTraffic } from '../../db/traffic/mature/recent-traffic.ts';
import { preflight } from '../../domain/rollout/preflight/preflight.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';

/** What a rollout under this definition would say of itself before it begins; null for a model without traffic. */
export async function forecastRollout(db: Db, spec: ModelSpec): Promise<string | null> {
  const traffic = await recentTraffic(db, spec.name, spec);
  if (traffic.rowsPerHour === 0) return null;
  const { text, refusal } = preflight({ traffic, compared: null, rollout: spec.rollout });
  return refusal === null ? text : `A rollout under it would not begin without a person. ${refusal}`;
}
