import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GbdtSpec, OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { WarmStarted } from '../../domain/training/training.ts';
import { readChampion } from '../families/gbdt/warm/read-champion.ts';
import type { RowRange, WarmStart } from '../interface.ts';
import { files } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';

/** Fewer rows that the champion has not seen say too little to add a tree for. */
const unseenRowsMin = 40;
/** As many trees as so many full fits may have: files and answers must not grow for ever. */
const treesMaxTimes = 4;

/** What a fit goes on from. */
export interface Warm {
  readonly start: WarmStart;
  readonly version: number;
  readonly settings: GbdtSpec;
  /** Training rows that the champion has not seen. */
  readonly fittedOn: RowRange;
  /** The same and all younger rows: what a refit may see. */
  readonly refittedOn: RowRange;
  /** Trees that may be added. */
  readonly treesMax: number;
}

/** Null where no warm start is declared; what is said where the fit begins from nothing all the same. */
export async function warmStartOf(
  folder: string,
  { champion, split, table, signature }: FolderRows,
  settings: OwnSpec,
): Promise<Warm | { readonly said: WarmStarted } | null> {
  if (settings.kind !== 'gbdt' || settings.warmStart !== true) return null;
  if (champion?.trainedThroughOrder === undefined) return fromNothing('there is no champion');
  const through = champion.trainedThroughOrder;
  const seen = table.order.findIndex((order) => order > through);
  const from = Math.max(split.training.from, seen < 0 ? table.rows : seen);
  const unseen = Math.max(0, split.training.to - from);
  if (unseen < unseenRowsMin)
    return fromNothing(
      `${unseen} training rows are younger than v${champion.version}, and ${unseenRowsMin} are needed`,
    );
  const start = readChampion(await readFile(join(folder, files.champion)), signature);
  if ('why' in start) return fromNothing(start.why);
  const treesMax = Math.min(settings.treesMax, treesMaxTimes * settings.treesMax - start.rounds);
  if (treesMax < 1)
    return fromNothing(
      `v${champion.version} has ${start.rounds} trees, ${treesMaxTimes} times as many as a fit may grow`,
    );
  return {
    start,
    version: champion.version,
    settings,
    fittedOn: { from, to: split.training.to },
    refittedOn: { from, to: table.rows },
    treesMax,
  };
}

function fromNothing(why: string): { readonly said: WarmStarted } {
  return { said: { text: `The fit began from nothing: ${why}.` } };
}
