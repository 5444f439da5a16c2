import type { CellRole } from '../../domain/cells/cell-role.ts';
import type { DeclaredWords } from '../../domain/spec/declared-words.ts';
import type { TimeReading } from '../../domain/spec/spec.ts';

/** A declared column on its way through the repairs. */
export interface RepairedColumn {
  readonly name: string;
  readonly role: CellRole;
  readonly declared: DeclaredWords;
  readonly reading: TimeReading;
  /** SQL name of the flag of lists and objects, which no repair touches. */
  readonly nested: string;
  /** SQL name of its text as it was read. */
  readonly text: string;
}
