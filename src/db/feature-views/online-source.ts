import pg from 'pg';
import type { StoredEntity, ViewHead, ViewStore } from '../../serving/ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Database } from '../base/connect.ts';
import { startListening } from '../base/listen.ts';
import { onlineChannel } from './online-build.ts';
import { stateColumns, stateOf, type StateRow } from './online-row.ts';
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
        types: foundTypes,
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

interface FoundRow {
  /** Of the ask, from 1. */
  readonly place: number;
  readonly sequence: number;
  readonly snapshot: string | null;
  readonly isBuilding: boolean;
  /** Null where no row is about the entity; then all that follows is null, too. */
  readonly entity: string | null;
  readonly event_ms: number | null;
  readonly available_ms: number | null;
  readonly seq: number | null;
  readonly numbers: readonly (number | null)[];
  readonly texts: readonly (string | null)[];
  readonly known_ms: number | null;
  readonly since_ms: number | null;
  /** As text: its length says how much is held. */
  readonly waiting: string;
  readonly tiles: string | null;
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

const float8Array: number = 1_022;
const textOf = (text: string): string => text;

/** Documents stay text until somebody looks at them, and numbers are read without a parser for nested arrays. */
const foundTypes: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === pg.types.builtins.JSONB) return textOf;
    return oid === float8Array ? numbersIn : pg.types.getTypeParser(oid, format);
  },
};

/** `{1,NULL,2.5}`, as Postgres writes a flat array of numbers. */
function numbersIn(array: string): (number | null)[] {
  if (array === '{}') return [];
  return array
    .slice(1, -1)
    .split(',')
    .map((text) => (text === 'NULL' ? null : Number(text)));
}

function storedIn({ sequence, snapshot, isBuilding, waiting, tiles, ...row }: FoundRow): StoredEntity {
  const said = { sequence, snapshot, isBuilding };
  if (row.entity === null) return { ...said, state: null, heldChars: 0 };
  const held = {
    waiting: waiting === '[]' ? [] : (JSON.parse(waiting) as StateRow['waiting']),
    tiles: tiles === null ? null : (JSON.parse(tiles) as StateRow['tiles']),
  };
  return { ...said, state: stateOf({ ...row, ...held }), heldChars: waiting.length + (tiles?.length ?? 0) };
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
