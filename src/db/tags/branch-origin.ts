import { eq, sql } from 'drizzle-orm';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { readSpecRevision } from '../models/specs.ts';
import { snapshot } from '../schema/index.ts';
import { findBranch } from './branches.ts';

/** A definition that rows of a branch were read by. */
interface ReadBy {
  readonly model: string;
  readonly spec: ModelSpec;
}

/** Definitions of lines that a line begins with, one behind the other: more are not looked at. */
const furtherMax = 50;

/**
 * What a model's line is to begin with, and the definition that its rows were read by; `further` are those by which
 * rows were read that the origin's line began with itself. Null where it has no branch.
 */
export async function branchOriginOf(
  db: Db,
  model: string,
): Promise<(ReadBy & { readonly digest: string; readonly further: readonly ReadBy[] }) | null> {
  const branch = await findBranch(db, model);
  if (branch === null) return null;
  const { origin, digest } = branch;
  const [row] = await db
    .select({ specRevision: snapshot.specRevision })
    .from(snapshot)
    .where(eq(snapshot.digest, digest));
  if (row === undefined) return null;
  const { spec } = await readSpecRevision(db, origin, row.specRevision);
  return { model: origin, digest, spec, further: await furtherOf(db, origin) };
}

async function furtherOf(db: Db, origin: string): Promise<readonly ReadBy[]> {
  const found: ReadBy[] = [];
  const walked = new Set<string>();
  for (const models = [origin]; models.length > 0 && found.length < furtherMax;) {
    const model = models.pop() ?? origin;
    if (walked.has(model)) continue;
    walked.add(model);
    // oxlint-disable no-await-in-loop -- each is known by the one before it
    const { rows } = await db.execute<{ model: string; revision: number }>(sql`
      select distinct o.model, o.spec_revision as revision from snapshot s
        join snapshot o on o.digest = s.manifest -> 'branched' ->> 'snapshot'
      where s.model = ${model} and s.manifest -> 'branched' is not null
      order by model, revision limit ${furtherMax - found.length}`);
    for (const row of rows) {
      found.push({ model: row.model, spec: (await readSpecRevision(db, row.model, row.revision)).spec });
      models.push(row.model);
    }
    // oxlint-enable no-await-in-loop
  }
  return found;
}
