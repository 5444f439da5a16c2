import type { Members } from '../terms/terms.ts';

/** A column as it is being written: what rules have a place of the standard for goes into it. */
export interface ColumnDraft {
  readonly name: string;
  readonly logicalType: string;
  readonly members: Members;
  readonly options: Record<string, unknown>;
  physicalType: string | null;
  readonly quality: Members[];
  readonly own: Record<string, unknown>;
}

/** The object of a document as it is being written. */
export interface ObjectDraft {
  readonly name: string;
  readonly columns: readonly ColumnDraft[];
  readonly quality: Members[];
  readonly agreements: Members[];
}

export function draftNamed(draft: ObjectDraft, name: string): ColumnDraft {
  const column = draft.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new TypeError(`column ${name} is not declared`);
  return column;
}
