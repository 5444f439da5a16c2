import type { CellRole } from '../cells/cell-role.ts';
import { presentText } from '../cells/read-cell.ts';
import { readNumber } from '../cells/read-number.ts';
import type { DeclaredWords } from '../spec/declared-words.ts';
import type {
  BatchRepair,
  CellRepair,
  ClipRepair,
  MapRepair,
  RepairSpec,
  UnitRepair,
} from '../spec/parts/repair-spec.ts';
import { castOf } from './cast-cell.ts';
import { inCase } from './letter-case.ts';
import { numberText } from './number-text.ts';
import { conversionOf, converted } from './units.ts';
import { trimmed } from './white-space.ts';

/** What a repair has to know of its column. */
interface RepairedColumn {
  readonly role: CellRole;
  readonly declared: DeclaredWords;
}

/** Null is a cell without a value. */
export type CellText = string | null;

export function isCellRepair(repair: RepairSpec): repair is CellRepair {
  const ofBatch: readonly RepairSpec['repair'][] = ['fillLast', 'dedupe', 'drop'] satisfies BatchRepair['repair'][];
  return !ofBatch.includes(repair.repair);
}

/**
 * A repair as a function of the text of a cell. What it makes is read anew: a text that is blank by now is no value.
 */
export function compileCellRepair(repair: CellRepair, column: RepairedColumn): (text: CellText) => CellText {
  if (repair.repair === 'fill') {
    const constant = String(repair.constant);
    return (text) => text ?? constant;
  }
  const change = changeOf(repair, column.role);
  return (text) => {
    if (text === null) return null;
    const made = change(text);
    if (made === text || made === null) return made;
    return presentText(column.role, made, column.declared);
  };
}

function changeOf(repair: Exclude<CellRepair, { repair: 'fill' }>, role: CellRole): (text: string) => CellText {
  switch (repair.repair) {
    case 'trim':
      return trimmed;
    case 'case':
      return (text) => inCase(text, repair.to);
    case 'cast':
      return castOf(repair, role);
    case 'unit':
      return convert(repair);
    case 'map':
      return mapped(repair);
    case 'clip':
      return clipped(repair);
  }
}

function convert({ from, to }: UnitRepair): (text: string) => string {
  const conversion = conversionOf(from, to);
  if (conversion === null) throw new TypeError(`no number of ${from} is one of ${to}`);
  return (text) => {
    const value = readNumber(text);
    return (value === null ? null : numberText(converted(value, conversion))) ?? text;
  };
}

function mapped({ values }: MapRepair): (text: string) => CellText {
  const byText = new Map(values.map(({ from, to }) => [from, to]));
  return (text) => {
    const to = byText.get(text);
    return to === undefined ? text : to;
  };
}

function clipped({ min = -Infinity, max = Infinity }: ClipRepair): (text: string) => CellText {
  return (text) => {
    const value = readNumber(text);
    if (value === null || (value >= min && value <= max)) return text;
    return numberText(value < min ? min : max);
  };
}
