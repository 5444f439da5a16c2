import { createViewStore } from '../../../src/db/feature-views/online-source.ts';
import { dueOnlineViews, hasViews, wantOnlineViews } from '../../../src/db/feature-views/online-due.ts';
import { joinableViews } from '../../../src/db/feature-views/joinable-views.ts';
import { viewLine } from '../../../src/db/feature-views/view-line.ts';
import { storedViewSourcesOf } from '../../../src/db/feature-views/view-sources.ts';
import { pushedViewsBehind } from '../../../src/db/feature-views/pushed-views.ts';
import { viewStandings } from '../../../src/db/feature-views/view-standings.ts';
import { joinPushed } from '../../../src/db/pushes/join-pushed.ts';
import { createPushPorts } from '../../../src/db/pushes/push-ports.ts';
import { pushedNamesAfter, pushedRowsOf } from '../../../src/db/pushes/read-pushed.ts';
import { createPushSink } from '../../../src/db/pushes/store-pushes.ts';
import { storedSourcesOf } from '../../../src/db/views/views-sources.ts';
import type { Walk } from './activity-walks.ts';
import type { GrowthWorld } from './growth-world.ts';
import { agedModel, agedView } from './history-size.ts';
import { agedViewDigest, batchRows, pushedBatches } from './write-views.ts';

/** Rows that are pushed to a view, however many were before: stored, found again, read on, joined, and served. */
export function pushWalks({ deps, size }: GrowthWorld): readonly Walk[] {
  const { database, store } = deps;
  const { db } = database;
  const pushed = pushedRowsOf(db, store, agedView);
  const lastRow = batchRows * pushedBatches(size);
  const request = {
    keyHash: 'new',
    bodyDigest: 'rows',
    answer: { specRevision: 1, rows: 1, setAside: [] },
    receivedAtMs: Date.now(),
    rows: 1,
    lines: Buffer.from('{"card":"a"}\n'),
  };
  const views = createViewStore(database, deps.log);
  const revision = { view: agedView, digest: agedViewDigest };
  const ports = createPushPorts(db);
  return [
    { name: 'store pushed rows', run: () => createPushSink(database).store(agedView, [request]) },
    { name: 'store pushed rows again', run: () => createPushSink(database).store(agedView, [request]) },
    { name: 'find the key of a push', run: () => ports.keys.find(agedView, 'key7') },
    { name: 'find a view to push to', run: () => ports.views.current(agedView) },
    { name: 'look at the push source', run: () => pushed.head() },
    { name: 'read pushed rows on', run: () => pushed.behind(lastRow - 5, { batches: 64, bytes: 1_000_000 }) },
    { name: 'join pushed rows', run: () => joinPushed(database, store, agedView) },
    { name: 'who was pushed to', run: () => pushedNamesAfter(db, '', 500) },
    { name: 'views that lack pushed rows', run: () => pushedViewsBehind(database, 20, 60) },
    { name: 'source and its members', run: () => storedSourcesOf(db, [agedModel]) },
    { name: 'values of a view', run: () => views.read([{ ...revision, entity: '["c7"]' }]) },
    { name: 'heads of views', run: () => views.heads([revision]) },
    { name: 'views that are wanted', run: () => wantOnlineViews(database) },
    { name: 'views that are due', run: async () => [await hasViews(database), await dueOnlineViews(database, 20)] },
    { name: 'views to join', run: () => joinableViews(db, null) },
    { name: 'the line of a view', run: () => viewLine(db, `view${size.versions}`) },
    { name: 'sources of views', run: () => storedViewSourcesOf(db, [agedView]) },
    { name: 'how views stand', run: () => viewStandings(db, [agedModel]) },
  ];
}
