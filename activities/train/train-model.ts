import { snapshotKinds, type SnapshotKind } from '../../src/domain/record/closed-sets.ts';
import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Context } from '@temporalio/activity';
import { startArguments } from '../../src/entry-point.ts';
import { PerennialError, errorTable, type ErrorCode } from '../../src/domain/words/errors.ts';
import {
  trafficThrough,
  type SnapshotRef,
  type TrainedArtifacts,
  type TrainInput,
} from '../../src/domain/record/runs.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TrainJob, TrainReport } from '../../src/domain/training/training.ts';
import { combineSnapshots, type CombinedSnapshots } from '../../src/data/snapshot/combine-snapshots.ts';
import { orderThrough } from '../../src/data/snapshot/order-through.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import { countLabelledThroughSeq } from '../../src/db/traffic/read/count-labelled.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** The training child is killed when its worker goes: it ends by itself when its standard input closes. */
export function trainModelActivities(deps: ActivityDependencies) {
  const { database, store } = deps;
  const { db } = database;

  async function trainModel(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
  ): Promise<TrainedArtifacts> {
    const context = Context.current();
    const base = path.join(deps.trainDir, input.model, String(input.number));
    const outputDir = path.join(base, `attempt-${context.info.attempt}`);
    const checkpointDir = path.join(base, 'checkpoint');
    await rm(outputDir, { recursive: true, force: true });
    await mkdir(outputDir, { recursive: true });
    await mkdir(checkpointDir, { recursive: true });
    const report = await runChild(await jobOf(input, outputDir, checkpointDir));
    const artifacts: TrainedArtifacts = {
      modelDigest: await store.putFile(path.join(outputDir, report.release.modelFile)),
      profileDigest: await store.putFile(path.join(outputDir, report.releaseProfileFile)),
      testScoresDigest: await store.putFile(path.join(outputDir, report.testScoresFile)),
      reportDigest: await store.putBytes(Buffer.from(JSON.stringify(report))),
    };
    await rm(base, { recursive: true, force: true });
    return artifacts;
  }

  async function jobOf(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
    outputDir: string,
    checkpointDir: string,
  ): Promise<TrainJob> {
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const snapshots = input.snapshots.map((snapshot) => snapshot.digest);
    const all = await rowsOf(snapshots);
    const history = await rowsOf(snapshots, ['history']);
    const champion = (await readRouting(db, input.model))?.champion ?? null;
    return {
      job: 'train',
      spec,
      dataPaths: all.paths,
      outputDir,
      checkpointDir,
      championTrainedThroughOrder: champion === null ? null : await seenThrough(input, spec, champion.version, history),
      championModelPath: champion === null ? null : await store.pathOf(champion.modelDigest),
      championThreshold: champion?.threshold ?? null,
    };
  }

  /** The champion's cut-off in this training's order: all of the history, and the labelled traffic up to its window. */
  async function seenThrough(
    input: TrainInput,
    spec: ModelSpec,
    champion: number,
    history: CombinedSnapshots,
  ): Promise<number> {
    const version = await findVersion(db, input.model, champion);
    if (spec.source.traffic === 'ignore' && spec.eventTime !== null && version !== null) {
      // The export holds rows that are younger than the champion; its own snapshots say how far it has seen.
      return orderThrough(history.paths, (await rowsOf(version.snapshots)).paths, spec.eventTime.column);
    }
    const window =
      version === null || version.throughWindow === null
        ? null
        : await findWindow(db, input.model, version.throughWindow);
    const throughWindow = trafficThrough(input);
    if (window === null || throughWindow === null) return history.orderMax;
    return history.orderMax + (await countLabelledThroughSeq(db, input.model, window.lastSeq, throughWindow));
  }

  /** The rows of these snapshots and of all that they continue; `kinds` leaves out the others. */
  async function rowsOf(
    snapshots: readonly string[],
    kinds: readonly SnapshotKind[] = snapshotKinds,
  ): Promise<CombinedSnapshots> {
    const line = await lineageOf(db, snapshots);
    return combineSnapshots(
      store,
      line.filter(({ kind }) => kinds.includes(kind)).map(({ manifest }) => manifest),
    );
  }

  async function runChild(job: TrainJob): Promise<TrainReport> {
    const context = Context.current();
    const child = spawn(process.execPath, startArguments('main-train'), {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: deps.rootDir,
    });
    const beat = setInterval(() => context.heartbeat(), 2_000);
    const stop = (): void => void child.kill('SIGKILL');
    context.cancellationSignal.addEventListener('abort', stop, { once: true });
    let errorTail = '';
    child.stderr.on('data', (chunk: Buffer) => (errorTail = (errorTail + chunk.toString()).slice(-2_000)));
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(job)}\n`);
    try {
      let report: TrainReport | null = null;
      for await (const line of createInterface({ input: child.stdout })) {
        const message = parse(line);
        if (message === null) continue;
        if ('error' in message) throw childError(message.error);
        if ('result' in message) report = message.result;
        else context.heartbeat(message);
      }
      if (report !== null) return report;
      throw new PerennialError(
        'training_failed',
        `the training child ended without a result. ${errorTail.slice(-800)}`,
      );
    } finally {
      clearInterval(beat);
      context.cancellationSignal.removeEventListener('abort', stop);
      child.stdin.end();
      child.kill('SIGKILL');
    }
  }

  return { trainModel };
}

type ChildMessage = { readonly result: TrainReport } | { readonly error: ChildError } | { readonly phase: string };
interface ChildError {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly hint?: string;
}

function parse(line: string): ChildMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as ChildMessage) : null;
  } catch {
    return null;
  }
}

function childError(error: ChildError): PerennialError {
  const code: ErrorCode = error.code in errorTable ? (error.code as ErrorCode) : 'training_failed';
  return new PerennialError(code, error.message, error.path === undefined ? {} : { path: error.path });
}

export async function readReport(deps: ActivityDependencies, digest: string): Promise<TrainReport> {
  return JSON.parse(Buffer.from(await deps.store.readBytes(digest)).toString('utf8')) as TrainReport;
}
