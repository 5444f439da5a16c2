import { isText } from '../../domain/features/kind-of.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import type { EdgeSignature } from './edge-signature.ts';
import type { EdgeRow } from './edge-row.ts';

export type PickInputs = (row: EdgeRow) => EncodedRow;

/**
 * Takes a version's inputs out of an edge row by name. What the row does not have is missing; a feature whose kind
 * changed between revisions is converted, since the version knows only its own kind. `repairs` names what its rows were
 * repaired by, where the row may hold other cells for it.
 */
export function planInputs(edge: EdgeSignature, version: Signature, repairs?: string): PickInputs {
  const isOther = edge.otherRepairs.some(({ key }) => key === repairs);
  const picks = version.columns.map((to) => ({ to, from: edge.columnsByName.get(to.name) }));
  const same =
    version.numberCount === edge.numberCount &&
    version.textCount === edge.textCount &&
    picks.every(({ to, from }) => from !== undefined && from.index === to.index && isText(from) === isText(to));
  if (same && !isOther) return (row) => row;
  return (row) => {
    const numbers = new Float64Array(version.numberCount).fill(NaN);
    const texts: (string | null)[] = Array.from({ length: version.textCount }, () => null);
    const others = isOther && repairs !== undefined ? row.others?.get(repairs) : undefined;
    for (const { to, from } of picks) {
      if (from === undefined) continue;
      const own = isText(from) ? (row.texts[from.index] ?? null) : (row.numbers[from.index] ?? NaN);
      const value = others?.has(to.name) === true ? (others.get(to.name) ?? null) : own;
      if (isText(to)) texts[to.index] = asText(value);
      else numbers[to.index] = asNumber(value);
    }
    return { numbers, texts };
  };
}

function asText(value: string | number | null): string | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : String(value);
  return value;
}

function asNumber(value: string | number | null): number {
  if (typeof value === 'number') return value;
  return value === null || value.trim() === '' ? NaN : Number(value);
}
