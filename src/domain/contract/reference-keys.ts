import { referencesOf } from '../spec/columns/pins.ts';
import type { RowsSpec } from '../spec/columns/rows-spec.ts';
import type { ReferencesRule } from '../spec/spec.ts';
import { rowReader } from './check-row.ts';
import { columnNamed, contractColumns } from './contract-columns.ts';
import { compileRowRepairs } from './repair-row.ts';
import { isWellFormed } from './well-formed.ts';

/** What the rules that ask views ask of one row. */
export interface ReferenceKeys {
  /** The moment at which the row looks, epoch milliseconds; null where it has no time, and looks at now. */
  readonly atMs: number | null;
  /** Of each rule the key, null for a row that lacks a part of it: that refers to nothing, and keeps the rule. */
  readonly keys: readonly (readonly string[] | null)[];
}

export interface ReferenceReader {
  /** The rules by which a row is set aside. */
  readonly rules: readonly ReferencesRule[];
  read(row: Readonly<Record<string, unknown>>): ReferenceKeys;
}

const none: readonly string[] = [];

/**
 * What a row as it comes asks views for, repaired first; null for a definition whose rules ask none. A row that is
 * taken out asks nothing, and neither does a key that may be filled from the row before: the scan asks it.
 */
export function compileReferenceKeys(spec: RowsSpec): ReferenceReader | null {
  const rules = referencesOf(spec).filter(({ severity }) => severity !== 'warn');
  if (rules.length === 0) return null;
  const columns = contractColumns(spec);
  const read = rowReader(spec, columns);
  const repair = compileRowRepairs(spec);
  const places = rules.map((rule) => rule.columns.map((name) => columns.indexOf(columnNamed(columns, name))));
  const nothing = { atMs: null, keys: rules.map(() => null) };
  return {
    rules,
    read(given) {
      if (!isWellFormed(given)) return nothing;
      const { row, isDropped, awaited } = repair?.(given) ?? { row: given, isDropped: false, awaited: none };
      if (isDropped) return nothing;
      const { cells, eventKey } = read(row);
      const keys = rules.map((rule, index) => {
        if (rule.columns.some((name) => awaited.includes(name))) return null;
        const parts = (places[index] ?? []).map((place) => cells[place]?.value ?? null);
        return parts.some((part) => part === null) ? null : parts.map(String);
      });
      return { atMs: eventKey, keys };
    },
  };
}
