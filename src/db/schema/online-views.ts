import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { lagUnits } from '../../domain/record/closed-sets.ts';
import type { LookSample } from '../../domain/view/look-sample.ts';
import type { ViewUse } from '../../domain/view/view-use.ts';
import type { LastSkew } from '../../domain/view/skew.ts';
import type { OnlineBuild } from '../../domain/view/online-build.ts';
import type { Tiles } from '../../views/windows/tiles.ts';
import type { WindowRow } from '../../views/windows/window-row.ts';
import { at, count, now } from './columns.ts';

/** How far the online store of one revision of a view has come; locked while its rows change. */
export const onlineView = pgTable(
  'online_view',
  {
    view: text('view').notNull(),
    digest: text('digest').notNull(),
    /** The one that is read. A source that is read whole again is built beside it, and takes its place when done. */
    generation: integer('generation').notNull().default(1),
    /** The highest that was ever begun: what was given up is never gone on with. */
    generationMax: integer('generation_max').notNull().default(1),
    /** All of this snapshot, and of those that it continues, is in; null before the first. */
    snapshot: text('snapshot'),
    /** What is being brought in; null while nothing is. */
    building: jsonb('building').$type<OnlineBuild>(),
    /** Grows whenever what is read may have changed. */
    sequence: count('sequence').notNull().default(0),
    /** Rows brought in, of all times. */
    rows: count('rows').notNull().default(0),
    builtAt: at('built_at'),
    /** When it is looked at next. */
    lookAt: now('look_at'),
    failures: integer('failures').notNull().default(0),
    /** Why the last look failed, in one sentence. */
    problem: text('problem'),
    /** When its source was last read to its end, and how much of it was unread at the last count; null: not counted. */
    lookedAt: at('looked_at'),
    lagUnread: count('lag_unread'),
    lagUnit: text('lag_unit', { enum: lagUnits }),
    isLagAtLeast: boolean('is_lag_at_least').notNull().default(false),
    countedAt: at('counted_at'),
    /** When a definition or a version last asked for it. */
    wantedAt: now('wanted_at'),
    /** Who brings pushed rows in, and until when nobody else does; null while nobody is at it. */
    leaseHolder: uuid('lease_holder'),
    leaseUntil: at('lease_until'),
  },
  (t) => [primaryKey({ columns: [t.view, t.digest] }), index('online_view_due').on(t.lookAt)],
);

/**
 * What is known of one entity. Numbers, truth values (1/0) and times (epoch ms) are float8, categories text; null is
 * missing, and the empty text is none.
 */
export const onlineEntity = pgTable(
  'online_entity',
  {
    view: text('view').notNull(),
    digest: text('digest').notNull(),
    generation: integer('generation').notNull(),
    /** The key columns as the source has them, as a JSON list of texts. */
    entity: text('entity').notNull(),
    /** Of the effective row; null while none is known. */
    eventMs: count('event_ms'),
    /** Days since 1970 of `eventMs`: an index may name it, since it stands still while rows of one day come. */
    eventDay: count('event_day').generatedAlwaysAs(sql`event_ms / 86400000`),
    availableMs: count('available_ms'),
    seq: count('seq'),
    numbers: doublePrecision('numbers').array().notNull(),
    texts: text('texts').array().notNull(),
    /** The newest moment at which a row that counts became known; epoch milliseconds. */
    knownMs: count('known_ms'),
    /** When the first row became known, or will; null in a store of an earlier release. */
    sinceMs: count('since_ms'),
    /** Rows that become known later. */
    waiting: jsonb('waiting').$type<readonly WindowRow[]>().notNull(),
    /** Null in a view without windows. */
    tiles: jsonb('tiles').$type<Tiles>(),
  },
  (t) => [
    primaryKey({ columns: [t.view, t.digest, t.generation, t.entity] }),
    // Rows of a store that is gone would be counted again by the one that is built anew.
    foreignKey({ columns: [t.view, t.digest], foreignColumns: [onlineView.view, onlineView.digest] }).onDelete(
      'cascade',
    ),
    // Of a column that changes with every row no update could stay in its page: each would write all indexes anew.
    index('online_entity_by_day').on(t.view, t.digest, t.eventDay),
  ],
);

/** How the values of views stood that a prediction was answered with. */
export const viewUse = pgTable(
  'view_use',
  {
    model: text('model').notNull(),
    predictionId: text('prediction_id').notNull(),
    uses: jsonb('uses').$type<readonly ViewUse[]>().notNull(),
    storedAt: now('stored_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.predictionId] }), index('view_use_by_age').on(t.storedAt)],
);

/** Rows by how the values of a view stood, by day (UTC). */
export const viewUseDay = pgTable(
  'view_use_day',
  {
    model: text('model').notNull(),
    view: text('view').notNull(),
    day: text('day').notNull(),
    fresh: count('fresh').notNull(),
    stale: count('stale').notNull(),
    missing: count('missing').notNull(),
    /** Of the missing ones: the store did not answer in time. */
    late: count('late').notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.view, t.day] }), index('view_use_day_by_age').on(t.day)],
);

/** Values that were served and wait to be computed anew; a row goes when it was compared. */
export const viewSample = pgTable(
  'view_sample',
  {
    sampleId: bigserial('sample_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    view: text('view').notNull(),
    digest: text('digest').notNull(),
    look: jsonb('look').$type<LookSample>().notNull(),
    sampledAt: now('sampled_at'),
  },
  (t) => [index('view_sample_by_age').on(t.sampledAt)],
);

/** What came of comparing what was served with what the history of a view says. */
export const viewSkew = pgTable(
  'view_skew',
  {
    model: text('model').notNull(),
    view: text('view').notNull(),
    equal: count('equal').notNull(),
    different: count('different').notNull(),
    /** Neither: the store was changing, or the files are gone. */
    notComparable: count('not_comparable').notNull(),
    /** The difference that was found last. */
    last: jsonb('last').$type<LastSkew>(),
    checkedAt: now('checked_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.view] })],
);
