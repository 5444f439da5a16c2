import { spawnSync } from 'node:child_process';
import { readConfig } from '../../src/config.ts';
import type { Missing } from './tools.ts';

export const { python } = readConfig();

const looked = spawnSync(python, ['-c', 'import lightgbm, river'], { stdio: 'ignore' });

/** Null when there is a Python with the learners that a replay is held against. */
export const missingLearners: Missing | null =
  looked.status === 0
    ? null
    : { tool: 'python', why: `${python} has no lightgbm or no river: pip install -r python/requirements.lock` };
