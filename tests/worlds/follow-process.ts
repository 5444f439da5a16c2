import process from 'node:process';
import { listenForPushes } from '../../activities/online/listen-for-pushes.ts';
import { createDatabase } from '../../src/db/base/connect.ts';
import { ingestDeps } from './ingest-deps.ts';

// The part of a worker that brings pushed rows in, as a process that can be killed.
const [, , url = '', folder = ''] = process.argv;
listenForPushes(url, ingestDeps(createDatabase(url, { onIdleError: () => undefined }), folder));
