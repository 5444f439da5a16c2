import { jsonPath } from '../../contracts/spec/describe-issues.ts';
import { isMembers, type Members } from '../terms/terms.ts';

/** What of a document was not taken over as it stands. */
export interface ImportNote {
  /** `schema[0].properties[3].quality[1]`. */
  readonly path: string;
  readonly text: string;
  /** It asks something of rows that the contract does not ask now. */
  readonly isUnchecked: boolean;
}

/** Members of one object of a document, each taken once: what is left over is told, and never dropped in silence. */
export interface Reader {
  readonly path: readonly PropertyKey[];
  take(name: string): unknown;
  /** What a later `take` will give. */
  peek(name: string): unknown;
  /** Members that are objects, of a list, each with its place; what is none is told. */
  takeList(name: string): readonly Reader[];
  takeText(name: string): string | null;
  takeTruth(name: string): boolean | null;
  note(text: string, options?: { readonly at?: string; readonly isUnchecked?: boolean }): void;
  /** Tells what was not taken: what describes is left out, what may ask something of rows is not checked. */
  leaveRest(describing: ReadonlySet<string>): void;
}

/** A reader over an object of a document; notes of it and of its parts go to `notes`. */
export function readerOf(given: Members, path: readonly PropertyKey[], notes: ImportNote[]): Reader {
  const left = new Map(Object.entries(given));
  const take = (name: string) => {
    const value = left.get(name);
    left.delete(name);
    return value;
  };
  // Of what is not checked as a whole its parts say nothing more.
  let isToldWhole = false;
  const note: Reader['note'] = (text, { at, isUnchecked = false } = {}) => {
    if (isUnchecked && at === undefined) isToldWhole = true;
    notes.push({ path: jsonPath(at === undefined ? path : [...path, at]), text, isUnchecked });
  };
  function takeTyped<Value>(name: string, isRight: (value: unknown) => value is Value, words: string): Value | null {
    const value = take(name);
    if (value === undefined || value === null) return null;
    if (isRight(value)) return value;
    note(`is not read: it is not ${words}`, { at: name, isUnchecked: true });
    return null;
  }
  return {
    path,
    take,
    peek: (name) => left.get(name),
    takeList(name) {
      const list = takeTyped(name, (value): value is unknown[] => Array.isArray(value), 'a list') ?? [];
      return list.flatMap((item, index) => {
        const at = [...path, name, index];
        if (isMembers(item)) return [readerOf(item, at, notes)];
        notes.push({ path: jsonPath(at), text: 'is not read: it is no object', isUnchecked: true });
        return [];
      });
    },
    takeText: (name) => takeTyped(name, (value) => typeof value === 'string', 'a text'),
    takeTruth: (name) => takeTyped(name, (value) => typeof value === 'boolean', 'true or false'),
    note,
    leaveRest(describing) {
      if (isToldWhole) return;
      for (const [name, value] of left) {
        if (value === null) continue;
        const isUnchecked = !describing.has(name);
        const text = isUnchecked ? 'has no rule here: not checked' : 'describes and asks nothing of rows: left out';
        note(text, { at: name, isUnchecked });
      }
    },
  };
}
