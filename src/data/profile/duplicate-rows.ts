import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { DuplicateRows } from '../../domain/training/snapshot-profile.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier } from '../duck/sql.ts';
import { numberIn } from './describe-columns.ts';
import type { ProfileRoles } from './roles.ts';

/** Rows that stand more than once, by a hash of 64 bits of their cells. */
export async function duplicateRows(
  duck: Duck,
  source: string,
  columns: readonly SnapshotColumn[],
  roles: ProfileRoles,
): Promise<DuplicateRows> {
  const has = (name: string | null): name is string => columns.some((column) => column.name === name);
  const entity = has(roles.entity) ? roles.entity : null;
  const key = entity === null ? null : [entity, ...(has(roles.eventTime) ? [roles.eventTime] : [])];
  return {
    repeated: await repeatedBy(
      duck,
      source,
      columns.map(({ name }) => name),
    ),
    byKey: key === null ? null : { columns: key, repeated: await repeatedBy(duck, source, key) },
    entities: entity === null ? null : await entitiesOf(duck, source, entity),
    contradictions: await contradictionsOf(duck, source, roles, has),
  };
}

async function repeatedBy(duck: Duck, source: string, names: readonly string[]): Promise<number> {
  if (names.length === 0) return 0;
  const [row] = await duck.rows(`SELECT CAST(coalesce(sum(n - 1), 0) AS DOUBLE) AS repeated FROM
    (SELECT count(*) AS n FROM ${source} GROUP BY hash(${names.map(identifier).join(', ')}))`);
  return numberIn(row, 'repeated');
}

async function entitiesOf(duck: Duck, source: string, entity: string): Promise<DuplicateRows['entities']> {
  const name = identifier(entity);
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS entities, CAST(max(n) AS DOUBLE) AS most FROM
    (SELECT count(*) AS n FROM ${source} WHERE ${name} IS NOT NULL GROUP BY hash(${name}))`);
  return { count: numberIn(row, 'entities'), rowsMax: numberIn(row, 'most') };
}

async function contradictionsOf(
  duck: Duck,
  source: string,
  { target, features }: ProfileRoles,
  has: (name: string | null) => boolean,
): Promise<number | null> {
  const names = features.map(({ name }) => name).filter(has);
  if (target === null || target.classes.length === 0 || !has(target.column) || names.length === 0) return null;
  const label = identifier(target.column);
  const [row] = await duck.rows(`SELECT CAST(coalesce(sum(n), 0) AS DOUBLE) AS contradictions FROM
    (SELECT count(*) AS n FROM ${source} WHERE ${label} IS NOT NULL
      GROUP BY hash(${names.map(identifier).join(', ')}) HAVING min(${label}) <> max(${label}))`);
  return numberIn(row, 'contradictions');
}
