/** Which rows of a quarantine are meant; a member that is null leaves it open. */
export interface RowPick {
  /** Rows that broke this rule. */
  readonly ruleId: string | null;
  /** The row of this line. */
  readonly line: number | null;
}

/** A cell that a person wrote anew in rows that a contract set aside; null empties it. */
export interface CellEdit {
  readonly pick: RowPick;
  readonly column: string;
  readonly value: string | null;
}

/** What became of a row that was set aside; one of which nothing is said is open. */
export const rowDecisions = ['replayed', 'dropped'] as const;
export type RowDecision = (typeof rowDecisions)[number];

/** Rows that one command drops or replays, and edits that one quarantine keeps. */
export const quarantineMax = { rowsPerCommand: 10_000, edits: 200 } as const;

export function isPicked(pick: RowPick, row: { readonly line: number; readonly ruleIds: readonly string[] }): boolean {
  return (pick.line === null || pick.line === row.line) && (pick.ruleId === null || row.ruleIds.includes(pick.ruleId));
}

/** `amount.range`, `line 12`, or both. */
export function sayPick({ ruleId, line }: RowPick): string {
  return [...(ruleId === null ? [] : [ruleId]), ...(line === null ? [] : [`line ${line}`])].join(' on ');
}
