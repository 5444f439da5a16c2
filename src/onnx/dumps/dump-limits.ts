import { refusedFile } from '../file/refused-file.ts';

/** Of the text of a dump: 200,000 splits of LightGBM's, with all that it says of each. */
export const dumpBytesMax = 64 * 1024 * 1024;
export const dumpFeaturesMax = 2_000;
export const dumpSumsMax = 1_000;
const treesMax = 50_000;
const splitsMax = 1_000_000;
const membersMax = 5_000_000;
/** Trees that grow leaf by leaf get deep; one that is deeper than this is a list. */
const depthMax = 500;
/** float32 holds every whole number up to 2^24, and codes are moved by two. */
export const codeMax = 2 ** 24 - 3;

const fewer = 'Train fewer, smaller trees.';

/** Counts what the trees of one dump hold, and refuses more than is served. */
export class DumpBudget {
  #splits = 0;
  #members = 0;

  trees(count: number): void {
    if (count > treesMax) throw refusedFile(`has ${count} trees; at most ${treesMax} are served`, fewer);
  }

  /** One split at this depth; the root is at 1. */
  split(depth: number): void {
    this.#splits += 1;
    if (this.#splits > splitsMax) throw refusedFile(`has more than ${splitsMax} splits in its trees`, fewer);
    if (depth > depthMax)
      throw refusedFile(`has a tree that is deeper than ${depthMax}`, 'Limit the depth of its trees.');
  }

  members(count: number): void {
    this.#members += count;
    if (this.#members > membersMax)
      throw refusedFile(`names more than ${membersMax} categories in its splits`, 'Group rare categories.');
  }
}
