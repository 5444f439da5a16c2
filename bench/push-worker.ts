import process from 'node:process';
import path from 'node:path';
import { listenForPushes } from '../activities/online/listen-for-pushes.ts';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { createDatabase } from '../src/db/base/connect.ts';
import { workerOver } from './push-view.ts';

// Its CPU is its own, and so is its thread: a worker does not share one with inference.
const [, , url = '', folder = ''] = process.argv;
const database = createDatabase(url, { onIdleError: () => undefined });
listenForPushes(url, workerOver(database, createArtifactStore(path.join(folder, 'artifacts')), folder));
process.send?.('listens');
