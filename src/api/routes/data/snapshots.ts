import {
  snapshotDiff,
  snapshotDiffQuery,
  snapshotKey,
  snapshotList,
  snapshotParams,
  snapshotRowsQuery,
  snapshotVerified,
  snapshotView,
} from '../../../contracts/http/data/snapshots.ts';
import { snapshotProfileAnswer } from '../../../contracts/http/data/snapshot-profile.ts';
import { decodeCursor, pageOf } from '../../../contracts/http/page.ts';
import { modelParams, pageQuery } from '../../../contracts/http/requests.ts';
import { diffSnapshots } from '../../../commands/snapshots/diff-snapshots.ts';
import { exportSnapshot } from '../../../commands/snapshots/export-snapshot.ts';
import { snapshotsOfModel } from '../../../commands/snapshots/list-snapshots.ts';
import { profileSnapshot } from '../../../commands/snapshots/profile-snapshot.ts';
import { showSnapshot } from '../../../commands/snapshots/show-snapshot.ts';
import { verifySnapshot } from '../../../commands/snapshots/verify-snapshot.ts';
import type { Api } from '../../../control/app.ts';
import { linkNext } from '../../../control/entity-tag.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, fileAnswer } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** Datasets: listed, shown, compared, checked and handed out. */
export function snapshotRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/snapshots',
      summary: 'Snapshots of the model, latest first',
      request: { params: modelParams, query: pageQuery },
      responses: answers(snapshotList, 'With the versions that were trained on each.'),
    }),
    async (context) => {
      const { name: model } = context.req.valid('param');
      const { limit, cursor } = context.req.valid('query');
      const page = { after: decodeCursor(snapshotKey, cursor), rowsMax: limit + 1 };
      const found = pageOf(await snapshotsOfModel(contextOf(context), model, page), limit, ({ key }) => key);
      linkNext(context, found.next);
      const snapshots = found.items.map(({ key, filesRemovedAt, versions, ...line }) => ({
        ...line,
        createdAt: key.createdAt,
        filesRemovedAt: filesRemovedAt?.toISOString() ?? null,
        versions: [...versions],
      }));
      return context.json({ model, snapshots, next: found.next }, 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/snapshots/{digest}',
      summary: 'What a snapshot holds and where it comes from',
      request: { params: snapshotParams },
      responses: answers(snapshotView, 'Without its rows.'),
    }),
    async (context) => context.json(await showSnapshot(contextOf(context), context.req.valid('param').digest), 200),
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/snapshots/{digest}/profile',
      summary: 'How the rows of a snapshot look, with all that it continues',
      request: { params: snapshotParams },
      responses: answers(snapshotProfileAnswer, 'Computed when it is first asked for; of one sample where said so.'),
    }),
    async (context) => {
      const { digest } = context.req.valid('param');
      return context.json(await profileSnapshot(contextOf(context), digest, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/snapshots/{digest}/diff',
      summary: 'What changed between a snapshot and another one, each with all that it continues',
      request: { params: snapshotParams, query: snapshotDiffQuery },
      responses: answers(snapshotDiff, 'Columns, counts, distances of values, rows and keys that came and went.'),
    }),
    async (context) => {
      const input = { from: context.req.valid('param').digest, to: context.req.valid('query').to };
      return context.json(await diffSnapshots(contextOf(context), input, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/snapshots/{digest}/verify',
      summary: 'Read every byte of a snapshot and of what it continues, and compare it with its name',
      request: { params: snapshotParams },
      responses: answers(snapshotVerified, 'The state of each file.'),
    }),
    async (context) => {
      const { digest } = context.req.valid('param');
      return context.json(await verifySnapshot(contextOf(context), digest, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/snapshots/{digest}/rows',
      summary: 'All rows of a snapshot and of what it continues, as one file',
      request: { params: snapshotParams, query: snapshotRowsQuery },
      responses: fileAnswer('The file. Written into the audit.'),
    }),
    async (context) => {
      const input = { digest: context.req.valid('param').digest, format: context.req.valid('query').format };
      const { fileName, bytes, body } = await exportSnapshot(contextOf(context), input, dependencies);
      return context.body(body, 200, {
        'content-type': 'application/octet-stream',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${fileName}"`,
      });
    },
  );
}
