import { eq } from 'drizzle-orm';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { readSpecRevision } from '../models/specs.ts';
import { snapshot } from '../schema/index.ts';
import { findBranch } from './branches.ts';

/** What a model's line is to begin with, and the definition that its rows were read by; null where it has no branch. */
export async function branchOriginOf(
  db: Db,
  model: string,
): Promise<{ readonly model: string; readonly digest: string; readonly spec: ModelSpec } | null> {
  const branch = await findBranch(db, model);
  if (branch === null) return null;
  const { origin, digest } = branch;
  const [row] = await db
    .select({ specRevision: snapshot.specRevision })
    .from(snapshot)
    .where(eq(snapshot.digest, digest));
  if (row === undefined) return null;
  const { spec } = await readSpecRevision(db, origin, row.specRevision);
  return { model: origin, digest, spec };
}
