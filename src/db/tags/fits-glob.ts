import { sql, type SQL } from 'drizzle-orm';

/**
 * Whether a glob covers the name of a model, as src/access/scope.ts says it of a token: `*` stands for any text.
 * Neither holds a `%` or a backslash.
 */
export function fits(name: SQL, glob: SQL): SQL {
  return sql`${name} like replace(replace(${glob}, '_', '\\_'), '*', '%')`;
}
