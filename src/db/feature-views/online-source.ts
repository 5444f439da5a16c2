import type { StoredEntity, ViewHead, ViewStore } from '../../serving/ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Database } from '../base/connect.ts';
import { startListening } from '../base/listen.ts';
import { onlineChannel } from './online-build.ts';
import { stateColumns, stateIn, stateTypes, type FoundState } from './online-row.ts';
import { readViewByDigest } from './read-views.ts';
import { keepSamples } from './view-samples.ts';

/** A notification may be lost with its connection; whoever polls finds what it missed. */
const pollMs = 1_000;

/** The values of views as serving processes read them; see the port for what each member promises. */
export function createViewStore(database: Database, log: Pick<Log, 'warn'>): ViewStore {
  const { db, pool } = database;
  return {
    async read(asks) {
      const { rows } = await pool.query<FoundRow>({
        name: 'read-views',
        text: readText,
        values: [JSON.stringify(asks.map(({ view, digest, entity }) => [view, digest, entity]))],
        types: stateTypes,
      });
      const found: (StoredEntity | null)[] = asks.map(() => null);
      for (const row of rows) found[row.place - 1] = storedIn(row);
      return found;
    },
    view: async (view, digest) => (await readViewByDigest(db, view, digest)).spec,
    async heads(revisions) {
      const { rows } = await pool.query<ViewHead>({
        name: 'read-view-heads',
        text: `select view, digest, sequence::float8 as sequence from online_view
          where (view, digest) in (select * from unnest($1::text[], $2::text[])) order by view, digest`,
        values: [revisions.map(({ view }) => view), revisions.map(({ digest }) => digest)],
      });
      return rows;
    },
    onChange(listener) {
      const stop = startListening(database.url, [onlineChannel], (payload) => listener(headIn(payload)), log);
      const poll = setInterval(() => listener(null), pollMs);
      return () => {
        clearInterval(poll);
        stop();
      };
    },
    keep: (samples) => keepSamples(database, samples),
  };
}

interface FoundRow extends FoundState {
  /** Of the ask, from 1. */
  readonly place: number;
  readonly sequence: number;
  readonly snapshot: string | null;
  readonly isBuilding: boolean;
  /** Null where no row is about the entity; then its whole state is null, too. */
  readonly entity: string | null;
}

/**
 * Two look-ups of primary keys per ask. The number of asks is hidden from the planner and what is looked up is fenced
 * off (`offset 0`), so one plan serves every number of asks: planning each query anew took most of its time.
 */
const readText = `select a.place::int as place, v.sequence::float8 as sequence, v.snapshot,
    coalesce((v.building ->> 'generation')::int = v.generation, false) as "isBuilding", e.*
  from jsonb_array_elements($1::jsonb) with ordinality as a (ask, place)
    cross join lateral (select sequence, snapshot, building, generation from online_view
      where view = a.ask ->> 0 and digest = a.ask ->> 1 offset 0) v
    left join lateral (select e.entity, ${stateColumns} from online_entity e
      where e.view = a.ask ->> 0 and e.digest = a.ask ->> 1 and e.generation = v.generation
        and e.entity = a.ask ->> 2 offset 0) e on true`;

function storedIn({ sequence, snapshot, isBuilding, entity, ...row }: FoundRow): StoredEntity {
  const said = { sequence, snapshot, isBuilding };
  if (entity === null) return { ...said, state: null, heldChars: 0 };
  return { ...said, state: stateIn(row), heldChars: row.waiting.length + (row.tiles?.length ?? 0) };
}

/** Null for whatever is no head: then all of them are asked for. */
function headIn(payload: string): ViewHead | null {
  try {
    const said: unknown = JSON.parse(payload);
    if (typeof said !== 'object' || said === null) return null;
    const { view, digest, sequence } = said as Record<string, unknown>;
    if (typeof view !== 'string' || typeof digest !== 'string' || typeof sequence !== 'number') return null;
    return { view, digest, sequence };
  } catch {
    return null;
  }
}
