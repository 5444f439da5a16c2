import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { longFiles } from './tiers.mjs';

/**
 * Files that take fifteen seconds and more, the longest first, those of `npm run test:long` among them. Without a
 * record of earlier runs, as in a fresh clone, vitest begins the largest files: a small one that takes long then begins
 * last, and two of three workers wait for it.
 */
export const longest: readonly string[] = [
  ...longFiles,
  'tests/e2e/demo.test.ts',
  'tests/integration/access/authorization.test.ts',
];

/** The order of vitest, but for what takes longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.indexOf(path.relative(this.ctx.config.root, moduleId));
      return at === -1 ? longest.length : at;
    };
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return sorted.toSorted((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}
