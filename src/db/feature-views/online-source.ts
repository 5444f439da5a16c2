import type { ViewHead, ViewStore } from '../../serving/ports.ts';
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
      const { rows } = await pool.query<Found>({
        name: 'read-views',
        text: readText,
        values: [asks.map(({ view }) => view), asks.map(({ digest }) => digest), asks.map(({ entity }) => entity)],
      });
      return rows.map((row) =>
        row.sequence === null
          ? null
          : {
              state: row.entity === null ? null : stateOf(row),
              sequence: row.sequence,
              snapshot: row.snapshot,
              isBuilding: row.isBuilding,
            },
      );
    },
    view: async (view, digest) => (await readViewByDigest(db, view, digest)).spec,
    async heads() {
      const { rows } = await pool.query<ViewHead>(
        'select view, digest, sequence::float8 as sequence from online_view order by view, digest',
      );
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

type Found = StateRow & {
  readonly entity: string | null;
  readonly sequence: number | null;
  readonly snapshot: string | null;
  readonly isBuilding: boolean;
};

/** One look-up of the primary key per ask. */
const readText = `select e.entity, v.sequence::float8 as sequence, v.snapshot,
    coalesce((v.building ->> 'generation')::int = v.generation, false) as "isBuilding", ${stateColumns}
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as a (view, digest, entity, place)
    left join online_view v on v.view = a.view and v.digest = a.digest
    left join online_entity e on e.view = v.view and e.digest = v.digest and e.generation = v.generation
      and e.entity = a.entity
  order by a.place`;

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
