import type pg from 'pg';
import type { EntityNames } from '../../../domain/record/entity-names.ts';
import type { RoutingEntry } from '../../../domain/rollout/routing.ts';
import type { FailureKind } from '../../../domain/spec/closed-sets.ts';
import type { PlacedPrediction } from './copy-predictions.ts';
import { knownBefore } from './known-before.ts';

export interface FailureRule {
  /** Which kinds count, from the rollout plan. `wrong` needs labels and is found elsewhere. */
  readonly kinds: readonly FailureKind[];
  readonly slowUs: number;
  /** For entities that were exposed before there was a key. */
  readonly entities: Pick<EntityNames, 'bare'>;
}

interface First {
  readonly entity: string;
  readonly arm: string;
  readonly seq: number;
}
interface Failure extends First {
  readonly weight: number;
  readonly kind: FailureKind;
}

/**
 * First exposure and first failure of each entity in the canary of the rollout that holds the slot: rows, not counters,
 * because they do not add up across processes. Later ones change nothing.
 */
export async function exposeEntities(
  client: pg.PoolClient,
  model: string,
  placed: readonly PlacedPrediction[],
  rule: FailureRule,
): Promise<void> {
  if (!placed.some(({ record }) => record.stage === 'canary')) return;
  const rollout = await activeRollout(client, model);
  if (rollout === null) return;
  const rows = placed.filter(
    ({ record: r }) =>
      r.stage === 'canary' &&
      r.routingRevision >= rollout.firstRevision &&
      [r.version, r.otherVersion].includes(rollout.version),
  );
  if (rows.length === 0) return;
  const { version, attempt } = rollout;
  const names = rollout.hasBare ? await knownBefore(client, { model, version, attempt }, rows, rule.entities) : null;
  const { exposures, failures } = firstsOf(rows, rule, (hash) => names?.get(hash) ?? hash);
  const key = [model, version, attempt];
  await client.query(
    `insert into rollout_entity (model, version, attempt, entity, arm, first_seq)
     select $1, $2, $3, e.entity, e.arm, e.seq from unnest($4::text[], $5::text[], $6::bigint[]) as e (entity, arm, seq)
     order by e.entity on conflict do nothing`,
    [...key, exposures.map((e) => e.entity), exposures.map((e) => e.arm), exposures.map((e) => e.seq)],
  );
  if (failures.length === 0) return;
  await client.query(
    `update rollout_entity r set failed_seq = f.seq, failed_arm = f.arm, failed_weight = f.weight, failure_kind = f.kind
     from unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[]) as f (entity, arm, seq, weight, kind)
     where r.model = $1 and r.version = $2 and r.attempt = $3 and r.entity = f.entity and (r.failed_seq is null or
     r.failed_seq > f.seq)`,
    [
      ...key,
      failures.map((f) => f.entity),
      failures.map((f) => f.arm),
      failures.map((f) => f.seq),
      failures.map((f) => f.weight),
      failures.map((f) => f.kind),
    ],
  );
}

async function activeRollout(
  client: pg.PoolClient,
  model: string,
): Promise<{ version: number; attempt: number; firstRevision: number; hasBare: boolean } | null> {
  const { rows } = await client.query<{ entry: RoutingEntry }>('select entry from routing where model = $1', [model]);
  const key = rows[0]?.entry.rollout ?? null;
  if (key === null) return null;
  const found = await client.query<{ first_revision: number | null; has_bare: boolean }>(
    `select first_revision, exists (select from entity_key where started_at < bare_until) as has_bare
     from rollout where model = $1 and version = $2 and attempt = $3`,
    [model, key.version, key.attempt],
  );
  const [row] = found.rows;
  return { ...key, firstRevision: row?.first_revision ?? 0, hasBare: row?.has_bare ?? false };
}

function firstsOf(
  rows: readonly PlacedPrediction[],
  rule: FailureRule,
  nameOf: (entityHash: string) => string,
): { exposures: readonly First[]; failures: readonly Failure[] } {
  const exposures = new Map<string, First>();
  const failures = new Map<string, Failure>();
  for (const { record, seq } of rows) {
    const { entityHash } = record;
    const entity = entityHash === null ? `request:${record.predictionId}` : nameOf(entityHash);
    const { arm } = record;
    if (!exposures.has(entity)) exposures.set(entity, { entity, arm, seq });
    const kind = failureOf(record, rule);
    if (kind !== null && !failures.has(entity))
      failures.set(entity, { entity, arm, seq, weight: record.challengerWeight, kind });
  }
  return { exposures: [...exposures.values()], failures: [...failures.values()] };
}

function failureOf(record: PlacedPrediction['record'], rule: FailureRule): FailureKind | null {
  if (record.failed && rule.kinds.includes('error')) return 'error';
  if (record.latencyUs > rule.slowUs && rule.kinds.includes('slow')) return 'slow';
  return null;
}
