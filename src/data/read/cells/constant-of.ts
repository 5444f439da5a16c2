import type { CellRole } from '../../../domain/cells/cell-role.ts';
import { literal, numeric } from '../../duck/sql.ts';
import { isoMsOf } from './instants.ts';

/**
 * A declared constant as SQL of the type of the column that it is compared with, so that `amount > "5"` compares
 * numbers and `at > "2026-01-01"` instants.
 */
export function constantOf(role: CellRole, value: number | string | boolean): string {
  return constants[role](value);
}

type Constant = (value: number | string | boolean) => string;

const textConstant: Constant = (value) => literal(String(value));
const numberConstant: Constant = (value) =>
  typeof value === 'number' ? numeric(value) : `TRY_CAST(${literal(String(value))} AS DOUBLE)`;

const constants: Record<CellRole, Constant> = {
  number: numberConstant,
  category: textConstant,
  boolean: (value) => `CAST(${literal(String(value))} AS BOOLEAN)`,
  time: (value) => (typeof value === 'string' ? isoMsOf(literal(value)) : numberConstant(value)),
  label: textConstant,
  key: textConstant,
};
