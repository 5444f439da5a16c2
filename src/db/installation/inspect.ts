import { and, asc, eq, sql } from 'drizzle-orm';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { canBecomeApp } from '../base/app-role.ts';
import type { Database } from '../base/connect.ts';
import { readMigrations, verify } from '../base/migrate.ts';
import { artifactDamage, installation, model, specRevision } from '../schema/index.ts';
import { findScrub, type ScrubRow } from '../scrub/scrub-round.ts';
import { findTokenByHash } from '../people/tokens.ts';

const modelsMax = 1_000;

/** What `perennial doctor` asks of a database: reads only, and changes nothing. */
export interface DatabaseFacts {
  readonly serverVersion: string;
  /** Clock of the server minus ours, milliseconds; known to half of the round trip. */
  readonly skewMs: number;
  readonly roundTripMs: number;
  /** Tags; `problem` is the sentence when what was applied is not what stands in the files. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly problem: string | null;
  /** True when running processes can act as the role that may only append to the audit. */
  readonly hasAppRole: boolean;
  /** The token that was asked about; null when it is not a live one of this database. */
  readonly token: {
    readonly name: string;
    readonly role: string;
    readonly scope: string;
    readonly expiresAt: Date | null;
  } | null;
  /** Of the definitions that stand, at most a thousand: where their rows come from. */
  readonly sources: readonly Pick<ModelSpec, 'name' | 'source' | 'trainer'>[];
  /** Where the reading of all files stands, and how many are known to be damaged; null before this release's tables. */
  readonly scrub: { readonly row: ScrubRow | null; readonly damaged: number } | null;
  readonly installation: { readonly installationId: string; readonly temporalNamespace: string } | null;
}

export async function inspectDatabase(database: Database, secretHash: string | null): Promise<DatabaseFacts> {
  const client = await database.pool.connect();
  try {
    const sentMs = Date.now();
    const { rows } = await client.query<{ version: string; ms: string; has: boolean }>(
      "select current_setting('server_version') as version, extract(epoch from clock_timestamp()) * 1000 as ms, " +
        "to_regclass('schema_migration') is not null as has",
    );
    const roundTripMs = Date.now() - sentMs;
    const [row] = rows;
    const migrations = await readMigrations();
    const applied =
      row?.has === true
        ? (
            await client.query<{ tag: string; digest: string }>(
              'select tag, digest from schema_migration order by position',
            )
          ).rows
        : [];
    return {
      serverVersion: row?.version ?? 'unknown',
      skewMs: Math.round(Number(row?.ms) - (sentMs + roundTripMs / 2)),
      roundTripMs,
      applied: applied.map(({ tag }) => tag),
      pending: migrations.slice(applied.length).map(({ tag }) => tag),
      problem: problemOf(() => verify(migrations, applied)),
      token:
        secretHash === null || applied.length < migrations.length
          ? null
          : await findTokenByHash(database.db, secretHash),
      hasAppRole: await canBecomeApp(client),
      sources: applied.length < migrations.length ? [] : await sourcesOf(database),
      scrub: applied.length < migrations.length ? null : await scrubOf(database),
      installation: applied.length === 0 ? null : await installationOf(database),
    };
  } finally {
    client.release();
  }
}

async function installationOf(database: Database): Promise<DatabaseFacts['installation']> {
  const [row] = await database.db
    .select()
    .from(installation)
    .orderBy(sql`1`)
    .limit(1);
  return row ?? null;
}

async function sourcesOf({ db }: Database): Promise<DatabaseFacts['sources']> {
  const rows = await db
    .select({ spec: specRevision.spec })
    .from(model)
    .innerJoin(specRevision, and(eq(specRevision.model, model.name), eq(specRevision.revision, model.specRevision)))
    .orderBy(asc(model.name))
    .limit(modelsMax);
  return rows.map(({ spec }) => spec);
}

function problemOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function scrubOf({ db }: Database): Promise<DatabaseFacts['scrub']> {
  return { row: await findScrub(db), damaged: await db.$count(artifactDamage) };
}
