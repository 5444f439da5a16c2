import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { FitExternalAsk } from '../../src/domain/training/workers/fit-external.ts';
import type { SharedFile } from '../../src/domain/training/workers/shared-files.ts';

/**
 * A worker of somebody else, by docs/trainer-workers.md alone: it knows Temporal, the control API and a folder of its
 * own, and nothing of the platform's disk, database or code.
 */
export interface FitWorkerPlace {
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly control: { readonly url: string; readonly token: string };
  /** Where it works. */
  readonly folder: string;
  readonly queues: readonly string[];
}

/** What a test may let it do otherwise than agreed. */
export interface FitWorkerWays {
  /** Turns the folder of the trainer into a file of a model. */
  readonly fit: (folder: string, ask: FitExternalAsk) => Promise<void>;
  /** What it answers in the end; `files` are what it has uploaded. */
  readonly answer?: (files: readonly SharedFile[], ask: FitExternalAsk, files_: Transfers) => Promise<unknown>;
}

/** The files of one training, as its access opens them. */
export interface Transfers {
  readonly access: string;
  readonly fetchFile: (file: SharedFile) => Promise<Response>;
  readonly putBytes: (digest: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Response>;
}

const left = ['model.onnx', 'predictions.parquet', 'report.json', 'progress.jsonl'] as const;

/** Works until `during` is over. */
export async function withFitWorker<Result>(
  place: FitWorkerPlace,
  ways: FitWorkerWays,
  during: () => Promise<Result>,
): Promise<Result> {
  const connection = await NativeConnection.connect({ address: place.temporal.address });
  try {
    const activities = { fitExternal: (ask: FitExternalAsk) => fitExternal(place, ways, ask) };
    const workers = await Promise.all(
      place.queues.map((taskQueue) =>
        Worker.create({ connection, namespace: place.temporal.namespace, taskQueue, activities }),
      ),
    );
    const [first, ...others] = workers;
    const rest = others.map((worker) => worker.run());
    try {
      return first === undefined ? await during() : await first.runUntil(during);
    } finally {
      for (const worker of others) worker.shutdown();
      await Promise.all(rest);
    }
  } finally {
    await connection.close();
  }
}

async function fitExternal(place: FitWorkerPlace, ways: FitWorkerWays, ask: FitExternalAsk): Promise<unknown> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 1_000);
  const folder = path.join(place.folder, ask.runId.replaceAll('/', '-'), ask.stage);
  try {
    await rm(folder, { recursive: true, force: true });
    const transfers = await openTransfers(place.control, ask.runId);
    for (const file of ask.files) await take(transfers, file, path.join(folder, file.path));
    await ways.fit(folder, ask);
    const files: SharedFile[] = [];
    for (const name of left) {
      const file = await put(transfers, folder, name);
      if (file !== null) files.push(file);
    }
    return ways.answer === undefined ? { files } : await ways.answer(files, ask, transfers);
  } finally {
    clearInterval(beat);
  }
}

/** Asks for the access of a training with the worker's own token. */
export async function openTransfers(control: FitWorkerPlace['control'], runId: string): Promise<Transfers> {
  const base = `${control.url}/v1/trainings/${encodeURIComponent(runId)}`;
  const opened = await fetch(`${base}/access`, {
    method: 'POST',
    headers: { authorization: `Bearer ${control.token}` },
  });
  const answer = (await opened.json()) as { readonly token?: string; readonly detail?: string };
  if (answer.token === undefined) throw ApplicationFailure.nonRetryable(`no access: ${answer.detail ?? opened.status}`);
  const access = answer.token;
  const headers = { authorization: `Bearer ${access}` };
  return {
    access,
    fetchFile: ({ digest }) => fetch(`${base}/files/${digest}`, { headers }),
    putBytes: (digest, body) => fetch(`${base}/files/${digest}`, { method: 'PUT', headers, body }),
  };
}

async function take(transfers: Transfers, file: SharedFile, target: string): Promise<void> {
  const response = await transfers.fetchFile(file);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (digestOfBytes(bytes) !== file.digest) throw new Error(`${file.path}: ${response.status}, other bytes`);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
}

/** Null where the fit left no such file. */
async function put(transfers: Transfers, folder: string, name: string): Promise<SharedFile | null> {
  const file = path.join(folder, name);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  const bytes = new Uint8Array(await readFile(file));
  const digest = digestOfBytes(bytes);
  const response = await transfers.putBytes(digest, bytes);
  if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
  return { path: name, digest, bytes: bytes.length };
}

export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
