import process from 'node:process';
import { cellCount } from '../../src/domain/training/profile.ts';
import { judgeStream } from '../../src/domain/watch/lasting/judge-stream.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { binnedProfile, cellsOf, countsOf } from '../../src/trainers/judge/feature-profile.ts';
import { driftWatch } from '../../tests/worlds/drift-world.ts';
import type { Peers } from './ask-python.ts';

export interface ReportCost {
  readonly rows: number;
  readonly features: number;
  readonly perennialCpuMs: number;
  readonly evidentlyCpuMs: number;
  readonly ratio: number;
}

const features = 20;

interface Column {
  readonly name: string;
  readonly reference: Float64Array;
  readonly window: Float64Array;
}

/**
 * Processor time of one drift report over as many rows as the reference has, of columns that are in memory already.
 * Ours bins the reference, counts the window and judges; Evidently runs its preset. What each loads only once (modules,
 * compiled code) is loaded by a small report before.
 */
export async function reportPeers(python: Peers, rows: number): Promise<ReportCost> {
  await bothReport(python, columnsOf(1_000));
  const { ours, theirs } = await bothReport(python, columnsOf(rows));
  return { rows, features, perennialCpuMs: ours, evidentlyCpuMs: theirs, ratio: theirs / ours };
}

async function bothReport(
  python: Peers,
  columns: readonly Column[],
): Promise<{ readonly ours: number; readonly theirs: number }> {
  const begin = process.cpuUsage();
  report(columns);
  const { user, system } = process.cpuUsage(begin);
  const sent = [...columns.map(({ reference }) => reference), ...columns.map(({ window }) => window)];
  const names = columns.map(({ name }) => name);
  const answer = await python.ask({ ask: 'drift', names, words: false, peers: ['evidently'] }, sent);
  return { ours: (user + system) / 1_000, theirs: Number(Reflect.get(Object(answer['evidently']), 'cpuMs')) };
}

function report(columns: readonly Column[]): void {
  const binned = columns.map(({ name, reference, window }) => {
    const profile = binnedProfile(name, reference, 20);
    return { profile, cells: countsOf(cellsOf(profile, window), cellCount(profile)) };
  });
  const profiles = binned.map(({ profile }) => profile);
  const [prediction] = profiles;
  if (prediction === undefined) throw new Error('a report has no columns');
  judgeStream(
    {
      profile: { formatVersion: 1, rows: columns[0]?.reference.length ?? 0, features: profiles, prediction },
      window: {
        rows: columns[0]?.window.length ?? 0,
        cells: [...binned, ...binned.slice(0, 1)].map(({ cells }) => cells),
      },
      watch: driftWatch,
    },
    [],
  );
}

function columnsOf(rows: number): readonly Column[] {
  return Array.from({ length: features }, (_, index) => {
    const random = createRandom(`column ${index}`);
    const draw = () => Float64Array.from({ length: rows }, () => random.normal());
    return { name: `f${index}`, reference: draw(), window: draw() };
  });
}
