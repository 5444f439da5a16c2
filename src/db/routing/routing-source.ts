import { and, eq, inArray, sql, type Column } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { RoutingSource } from '../../serving/ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Database } from '../base/connect.ts';
import { startListening } from '../base/listen.ts';
import { routing, specRevision, version } from '../schema/index.ts';
import { createServingMembers } from './serving-members.ts';

/** A notification is fast but may be lost with its connection; the poll finds what it missed. */
const pollMs = 500;
/** Specs are immutable; beyond this many the oldest are read again when needed. */
const specsMax = 10_000;

interface Known {
  readonly revision: number;
  readonly digest: string | null;
  readonly entry: RoutingEntry;
}

/** Routing as serving processes see it; see the port for what each member promises. */
export function createRoutingSource(database: Database, log: Log): RoutingSource {
  const { db } = database;
  const known = new Map<string, Known>();
  const specs = new Map<string, ModelSpec>();
  const stops = new Set<() => void>();

  return {
    async read() {
      const rows = await readHeads(database);
      await readChanged(
        database,
        known,
        rows.filter((row) => !isSame(known.get(row.model), row)).map((row) => row.model),
      );
      return entriesNow(rows, known, Date.now());
    },
    async spec(model, revision) {
      const key = `${model}/${revision}`;
      const cached = specs.get(key);
      if (cached !== undefined) return cached;
      const [row] = await db
        .select()
        .from(specRevision)
        .where(and(eq(specRevision.model, model), eq(specRevision.revision, revision)));
      if (row === undefined) throw new PerennialError('model_not_found', `${model} has no spec revision ${revision}`);
      specs.set(key, row.spec);
      const oldest = specs.keys().next().value;
      if (specs.size > specsMax && oldest !== undefined) specs.delete(oldest);
      return row.spec;
    },
    async profileDigest(model, number) {
      const [row] = await db
        .select({ digest: version.profileDigest })
        .from(version)
        .where(and(eq(version.model, model), eq(version.version, number)));
      return row?.digest ?? null;
    },
    onChange(listener) {
      const stopListening = startListening(database.url, ['perennial_routing'], listener, log);
      const poll = setInterval(listener, pollMs);
      const stop = (): void => {
        stopListening();
        clearInterval(poll);
        stops.delete(stop);
      };
      stops.add(stop);
      return stop;
    },
    ...createServingMembers(db),
    close: () => {
      for (const stop of stops) stop();
      return Promise.resolve();
    },
  };
}

/** By revision and digest: a server that lost its last second gives a revision away twice, or goes back to a lower. */
function isSame(known: Known | undefined, { revision, digest }: Head): boolean {
  return known?.revision === revision && known.digest === digest;
}

interface Head {
  readonly model: string;
  readonly revision: number;
  readonly digest: string | null;
  readonly leaseLeftMs: number | null;
  readonly abTestLeftMs: number | null;
}

/** What is left of the lease travels, not its end: the clocks of two machines need not agree. */
function entriesNow(heads: readonly Head[], known: ReadonlyMap<string, Known>, nowMs: number) {
  const untilOf = (leftMs: number | null): number | null => (leftMs === null ? null : nowMs + leftMs);
  return heads.flatMap(({ model, leaseLeftMs, abTestLeftMs }) => {
    const found = known.get(model);
    if (found === undefined) return [];
    const { entry, revision, digest } = found;
    const abTest = entry.abTest == null ? {} : { abTest: { ...entry.abTest, leaseUntilMs: untilOf(abTestLeftMs) } };
    return [{ ...entry, revision, digest, leaseUntilMs: untilOf(leaseLeftMs), ...abTest }];
  });
}

async function readHeads(database: Database): Promise<readonly Head[]> {
  return database.db
    .select({
      model: routing.model,
      revision: routing.revision,
      digest: routing.digest,
      leaseLeftMs: leftMs(routing.leaseUntil),
      abTestLeftMs: leftMs(routing.abTestLeaseUntil),
    })
    .from(routing)
    .orderBy(routing.model);
}

function leftMs(until: Column) {
  return sql<number | null>`(extract(epoch from (${until} - now())) * 1000)::float8`;
}

/** Entries are read only when their revision has changed: the poll stays small however many models there are. */
async function readChanged(database: Database, known: Map<string, Known>, models: readonly string[]): Promise<void> {
  if (models.length === 0) return;
  const rows = await database.db
    .select()
    .from(routing)
    .where(inArray(routing.model, [...models]));
  for (const row of rows) known.set(row.model, { revision: row.revision, digest: row.digest, entry: row.entry });
}
