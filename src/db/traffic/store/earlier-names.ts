import type { EntityNames } from '../../../domain/record/entity-names.ts';
import type { LabelRecord, SpoolRecord } from '../../../domain/record/records.ts';

/**
 * The bare hash of an entity, under which an earlier release may have stored it; null where there is nothing to look
 * for.
 */
export type EarlierName = (entityHash: string | null) => string | null;

/** In an installation that never stored a bare hash, or has none left, nobody looks for one. */
export function earlierNames(entities: Pick<EntityNames, 'bare'>, mayBeBare: boolean): EarlierName {
  return (entityHash) => (entityHash === null || !mayBeBare ? null : entities.bare(entityHash));
}

/** The records with their entities under the key, also those that a release without a key left in the spool. */
export function withKeyedEntities(
  entities: Pick<EntityNames, 'keyed'>,
  records: readonly SpoolRecord[],
): readonly SpoolRecord[] {
  const keyed = ({ entityHash, isEntityKeyed }: Pick<LabelRecord, 'entityHash' | 'isEntityKeyed'>) => ({
    entityHash: entityHash === null || isEntityKeyed ? entityHash : entities.keyed(entityHash),
    isEntityKeyed: true,
  });
  return records.map((one): SpoolRecord => {
    if (one.type === 'proxy' || one.record.isEntityKeyed) return one;
    if (one.type === 'label') return { type: 'label', record: { ...one.record, ...keyed(one.record) } };
    return { type: 'prediction', record: { ...one.record, ...keyed(one.record) } };
  });
}
