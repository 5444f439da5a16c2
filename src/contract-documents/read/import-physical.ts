import { ruleIdOf } from '../../domain/contract/rule-id.ts';
import type { FoundRules } from './found-rules.ts';
import type { Reader } from './reader.ts';
import { traitsOf, type Members } from '../terms/terms.ts';

const decimalType = /^\s*(?:decimal|numeric|number)\s*\(\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*)?\)\s*$/i;
const textType = /^\s*(?:var|n|nvar)?char(?:acter)?(?: varying)?2?\s*\(\s*(\d{1,9})\s*\)\s*$/i;
/** More digits than these a double does not have: `decimals` cannot count them. */
const digitsMax = 15;

/** What kind a physical type is, where no logical type says it; null where nobody can tell. */
export function kindOfPhysical(type: string): { readonly kind: string; readonly isWhole: boolean } | null {
  const word = type.toLowerCase();
  if (/^(?:big|small|tiny|medium|u)*int(?:eger)?\d*\b/.test(word)) return { kind: 'number', isWhole: true };
  if (/^(?:decimal|numeric|number|float|double|real|money)/.test(word)) return { kind: 'number', isWhole: false };
  if (word.startsWith('bool')) return { kind: 'boolean', isWhole: false };
  if (/^(?:timestamp|datetime|date)/.test(word)) return { kind: 'time', isWhole: false };
  return /^(?:var|n|nvar)?char|^(?:text|string|uuid|enum)/.test(word) ? { kind: 'category', isWhole: false } : null;
}

/** The digits of `DECIMAL(10,2)` and the length of `VARCHAR(18)` are rules; of other types nothing is asked. */
export function readPhysical(
  owner: Reader,
  type: string | null,
  column: { readonly name: string; readonly kind: string; readonly ownKinds: ReadonlySet<string> },
  rules: FoundRules,
): Record<string, Members> {
  if (type === null) return {};
  const { name, kind, ownKinds } = column;
  const digits = decimalType.exec(type);
  if (digits !== null && traitsOf(kind).isNumber) {
    const precision = Number(digits[1]);
    const scale = Number(digits[2] ?? 0);
    const bounds = { precision, scale };
    if (ownKinds.has('decimals')) return { 'physicalType.decimals': bounds };
    if (precision <= digitsMax) {
      const id = ruleIdOf('decimals', name);
      rules.add({ rule: 'decimals', id, column: name, ...bounds, severity: 'quarantine' }, owner);
      return {};
    }
    owner.note(`more than ${digitsMax} digits cannot be counted`, { at: 'physicalType', isUnchecked: true });
    return {};
  }
  const length = textType.exec(type);
  if (length !== null && traitsOf(kind).isText) {
    const id = ruleIdOf('length', name, 'physical');
    rules.add({ rule: 'length', id, column: name, max: Number(length[1]), severity: 'quarantine' }, owner);
    return {};
  }
  owner.note('how it is stored asks nothing of rows: left out', { at: 'physicalType' });
  return {};
}
