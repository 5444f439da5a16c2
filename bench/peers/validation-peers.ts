import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { rootDir } from '../../src/config.ts';
import { checkedSelect } from '../../src/data/contract/check-rows.ts';
import { withTable } from '../../src/data/read/open-table.ts';
import { baseOf } from '../../src/data/read/read-lossless.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';

/** What it takes to ask the rules of a table that is in memory already. */
export interface RulesAsked {
  readonly rules: number;
  readonly cpuSeconds: number;
  /** Of its process, with the table in it. */
  readonly peakMb: number;
}

const peers = ['pandera', 'great-expectations'] as const;

interface Validated extends RulesAsked {
  readonly by: 'perennial' | (typeof peers)[number];
  /** CPU and memory, divided by what Perennial took in the same run. */
  readonly cpuRatio: number;
  readonly memoryRatio: number;
}

/** The rules of a contract over the rows of a Parquet file, which are read before the clock starts. */
export async function askRules(file: string, spec: ModelSpec): Promise<RulesAsked> {
  return withTable(file, { expected: 'parquet' }, async (table, duck) => {
    await duck.run(`CREATE TEMP TABLE frame AS SELECT * FROM ${baseOf(table)}`);
    const { sql, rules } = checkedSelect(table, spec, { unlabelled: 'refuse' });
    const before = process.cpuUsage();
    const [row] = await duck.rows(`SELECT CAST(count_if(bad) AS DOUBLE) AS bad, CAST(sum(len(ids)) AS DOUBLE) AS ids
        FROM (${sql.replaceAll(baseOf(table), 'frame')})`);
    const { user, system } = process.cpuUsage(before);
    if (row?.['bad'] !== 0) throw new Error('a rule of the benchmark is broken');
    return {
      rules: rules.length,
      cpuSeconds: Math.round((user + system) / 1e4) / 100,
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  });
}

/** All of them in turn, several times, because a busy machine slows whoever happens to run; the median of each. */
export function validationPeers(python: string, file: string, own: readonly string[]): readonly Validated[] {
  const script = path.join(rootDir, 'bench', 'peers', 'validation.py');
  const rounds = Array.from({ length: 3 }, () => [
    { by: 'perennial' as const, ...answerOf(process.execPath, own) },
    ...peers.map((by) => ({ by, ...answerOf(python, [script, by, file]) })),
  ]).flat();
  const [ours, ...theirs] = (['perennial', ...peers] as const).map((by) => {
    const [, median] = rounds
      .filter((round) => round.by === by)
      .sort((one, other) => one.cpuSeconds - other.cpuSeconds);
    if (median === undefined) throw new Error(`${by} gave no figure`);
    return median;
  });
  if (ours === undefined) return [];
  const times = (figure: number, own: number): number => Math.round((figure / own) * 100) / 100;
  return [ours, ...theirs].map((one) => ({
    ...one,
    cpuRatio: times(one.cpuSeconds, ours.cpuSeconds),
    memoryRatio: times(one.peakMb, ours.peakMb),
  }));
}

function answerOf(program: string, args: readonly string[]): RulesAsked {
  const child = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 1_800_000,
    env: { ...process.env, DO_NOT_TRACK: '1', GX_ANALYTICS_ENABLED: 'false' },
  });
  if (child.status !== 0) throw new Error(`${args.join(' ')}: ${child.stderr}`);
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own child wrote it
  return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as RulesAsked;
}
