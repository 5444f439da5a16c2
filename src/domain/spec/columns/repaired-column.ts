import { targetRoles, type CellRole } from '../../cells/cell-role.ts';
import { declaredWords } from '../declared-words.ts';
import { declaredReading } from './declared-reading.ts';
import type { RowsSpec } from './rows-spec.ts';

/** As what the cells of a declared column are read. */
export function roleOf(spec: RowsSpec, name: string): CellRole {
  const feature = spec.features.find((candidate) => candidate.name === name);
  if (feature !== undefined) return feature.kind;
  if (spec.target !== null && name === spec.target.column) return targetRoles[spec.target.task];
  // A pure event time column is ordered by its key and stored as BIGINT, see `write-accepted.ts`.
  return name === spec.entity?.column ? 'key' : 'time';
}

/** What is needed to read, repair and judge a cell of a declared column. */
export function columnOf(spec: RowsSpec, name: string) {
  return { role: roleOf(spec, name), declared: declaredWords(spec, name), reading: declaredReading(spec, name) };
}
