import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** How many rollouts were stopped, ever and soon, by our rules (`ours`) and by each of others. */
export interface RolloutCounts {
  readonly rollouts: number;
  readonly stopped: Readonly<Record<string, number>>;
  readonly soon: Readonly<Record<string, number>>;
}

/** Rollouts `from`, `from` + 1, … of a case, as a line of the file that keeps them. */
export interface Block extends RolloutCounts {
  readonly case: string;
  readonly from: number;
  /** What the first rollouts of the case rested on, look by look: another one is of other rules. */
  readonly probe: number;
}

export function addCounts(a: RolloutCounts, b: RolloutCounts): RolloutCounts {
  return {
    rollouts: a.rollouts + b.rollouts,
    stopped: addEach(a.stopped, b.stopped),
    soon: addEach(a.soon, b.soon),
  };
}

function addEach(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]),
  );
}

/** On a line of its own, also behind one that a kill has cut off. */
export function keepBlock(file: string, block: Block): void {
  appendFileSync(file, `\n${JSON.stringify(block)}`);
}

/** Blocks of a case that a file keeps, by where they begin; `stale` where other rules have judged one of them. */
export function keptBlocks(file: string, name: string, probe: number): ReadonlyMap<number, Block> | 'stale' {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const blocks = lines.flatMap((line) => readBlock(line) ?? []).filter((block) => block.case === name);
  return blocks.some((block) => block.probe !== probe) ? 'stale' : new Map(blocks.map((block) => [block.from, block]));
}

/** Null for an empty line, and for one that a kill has cut off. */
function readBlock(line: string): Block | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
