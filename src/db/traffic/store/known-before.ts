import type pg from 'pg';
import type { EntityNames } from '../../../domain/record/entity-names.ts';
import type { RolloutKey } from '../../../domain/words/ids.ts';
import type { PlacedPrediction } from './copy-predictions.ts';

/**
 * Of the entities of these rows, those that the rollout has known since before there was a key: by their hash, the bare
 * one under which they stand. Each is marked with its hash, so that what is said of its later rows finds it. Counted
 * under both names, an entity would be two.
 */
export async function knownBefore(
  client: pg.PoolClient,
  { model, version, attempt }: RolloutKey,
  rows: readonly PlacedPrediction[],
  entities: Pick<EntityNames, 'bare'>,
): Promise<ReadonlyMap<string, string>> {
  const hashes = [...new Set(rows.flatMap(({ record }) => record.entityHash ?? []))];
  const found = await client.query<{ hash: string; entity: string }>(
    `with found as (
       select n.hash, r.entity, r.keyed_entity from unnest($4::text[], $5::text[]) as n (hash, bare)
       join rollout_entity r on r.model = $1 and r.version = $2 and r.attempt = $3 and r.entity = n.bare
     ), marked as (
       update rollout_entity r set keyed_entity = f.hash from found f
       where r.model = $1 and r.version = $2 and r.attempt = $3 and r.entity = f.entity and f.keyed_entity is null
     )
     select hash, entity from found`,
    [model, version, attempt, hashes, hashes.map((hash) => entities.bare(hash))],
  );
  return new Map(found.rows.map(({ hash, entity }) => [hash, entity]));
}
