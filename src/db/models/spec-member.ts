import { sql, type SQL } from 'drizzle-orm';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { specRevision } from '../schema/index.ts';

/**
 * What SQL may pick out of a stored spec without reading the whole, which may hold 2,000 features. SQL sees a spec in
 * the form of its day, so only members that no upgrade has ever changed stand here; a test holds that.
 */
export const membersOfAnyVersion = [
  'about',
  'entity',
  'eventTime',
  'features',
  'target',
  'contract',
  'source',
  'value',
  'rollout',
  'watch',
  'retrain',
  'retention',
  'fallback',
] as const satisfies readonly (keyof ModelSpec)[];

type StableMember = (typeof membersOfAnyVersion)[number];

/** Members that came later are null in a spec of before. */
type Stored<Member extends StableMember> = Member extends 'retention' ? ModelSpec[Member] | null : ModelSpec[Member];

/** One member of a stored spec, as a column of a query over `specRevision`. */
export function specMember<Member extends StableMember>(member: Member): SQL<Stored<Member>> {
  return sql<Stored<Member>>`${specRevision.spec} -> ${sql.raw(`'${member}'`)}`;
}
