import type { EvidenceKind } from '../../domain/record/closed-sets.ts';
import { and, eq } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';
import { formatOccasion, type Occasion } from '../../domain/record/occasion.ts';

export interface EvidenceRow {
  readonly evidenceId: number;
  readonly verdict: string;
  readonly body: Record<string, unknown>;
}

const columns = { evidenceId: evidence.evidenceId, verdict: evidence.verdict, body: evidence.body };

/** Stores the numbers behind a verdict once per subject; a retry gets the first answer, never a second verdict. */
export async function putEvidence(
  db: Db,
  row: {
    readonly model: string;
    readonly kind: EvidenceKind;
    readonly subject: Occasion;
    readonly verdict: string;
    readonly body: object;
  },
): Promise<EvidenceRow> {
  const body = JSON.parse(JSON.stringify(row.body)) as Record<string, unknown>;
  const [inserted] = await db
    .insert(evidence)
    .values({ ...row, subject: formatOccasion(row.subject), body })
    .onConflictDoNothing()
    .returning(columns);
  const stored = inserted ?? (await findEvidence(db, row.model, row.kind, row.subject));
  if (stored === null)
    throw new Error(`evidence ${row.kind} ${formatOccasion(row.subject)} of ${row.model} was not stored`);
  return stored;
}

export async function findEvidence(
  db: Db,
  model: string,
  kind: EvidenceKind,
  subject: Occasion,
): Promise<EvidenceRow | null> {
  const [row] = await db
    .select(columns)
    .from(evidence)
    .where(and(eq(evidence.model, model), eq(evidence.kind, kind), eq(evidence.subject, formatOccasion(subject))));
  return row ?? null;
}

/** What this model has under this number; null for none. */
export async function findEvidenceById(db: Db, model: string, evidenceId: number): Promise<EvidenceRow | null> {
  const [row] = await db
    .select(columns)
    .from(evidence)
    .where(and(eq(evidence.evidenceId, evidenceId), eq(evidence.model, model)));
  return row ?? null;
}
