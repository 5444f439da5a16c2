import { and, desc, eq, ne, notInArray, sql } from 'drizzle-orm';
import { identityCorrection, silentVerdicts } from '../../domain/rollout/correction.ts';
import type { Db } from '../base/connect.ts';
import { evidence, version } from '../schema/index.ts';
import { formatOccasion } from '../../domain/record/occasion.ts';

interface OfVersion {
  readonly model: string;
  readonly version: number;
}

const digestOf = sql<string>`(${evidence.body} ->> 'digest')`;
const beforeOf = sql<string>`(${evidence.body} ->> 'before')`;

function isOf({ model, version: number }: OfVersion) {
  return and(
    eq(evidence.model, model),
    sql`${evidence.kind} = 'correction'`,
    // The third part of its occasion, as the index has it.
    sql`split_part(${evidence.subject}, '/', 3) = ${formatOccasion({ of: 'version', version: number })}`,
  );
}

/**
 * What the version answered with before this correction, by the newest evidence that brought it; null where none is
 * stored. Law: reads what is stored of one version at most.
 */
export async function correctionBefore(db: Db, of: OfVersion, digest: string): Promise<string | null> {
  const [row] = await db
    .select({ before: beforeOf })
    .from(evidence)
    .where(and(isOf(of), eq(digestOf, digest), ne(beforeOf, digest), notInArray(evidence.verdict, [...silentVerdicts])))
    .orderBy(desc(evidence.createdAt), desc(evidence.evidenceId))
    .limit(1);
  return row?.before ?? null;
}

/** Digests of corrections of the version that begin so, two at most: more than one is no answer. */
export async function correctionsNamed(db: Db, of: OfVersion, start: string): Promise<readonly string[]> {
  if (start === identityCorrection) return [identityCorrection];
  const begins = `${start}%`;
  const rows = await db
    .selectDistinct({ digest: digestOf })
    .from(evidence)
    .where(and(isOf(of), sql`${digestOf} like ${begins}`))
    .limit(2);
  const [first] = await db
    .select({ digest: version.correction })
    .from(version)
    .where(
      and(eq(version.model, of.model), eq(version.version, of.version), sql`${version.correction} like ${begins}`),
    );
  return [...new Set([...rows, ...(first === undefined ? [] : [first])].map(({ digest }) => digest))];
}
