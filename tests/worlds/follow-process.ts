import process from 'node:process';
import { listenForPushes } from '../../activities/online/listen-for-pushes.ts';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { createDatabase } from '../../src/db/base/connect.ts';
import { pushedRowsOf } from '../../src/db/pushes/read-pushed.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

// The part of a worker that brings pushed rows in, as a process that can be killed.
const [, , url = '', artifacts = '', workDir = ''] = process.argv;
const database = createDatabase(url, { onIdleError: () => undefined });
const store = createArtifactStore(artifacts);
listenForPushes(url, {
  database,
  store,
  workDir,
  connectSource: (spec, name) =>
    connectSource(spec, { roots: [], store, pushed: pushedRowsOf(database.db, store, name) }),
  log: createLogger('test', 'silent'),
});
