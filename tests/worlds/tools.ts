import { existsSync } from 'node:fs';
import { chromiumPath } from './browser.ts';

/**
 * What some suites need beyond Node and npm. `.ci/run` names those that its machine has; a suite that is skipped for
 * one of them is a failure there (bin/test.mjs).
 */
export type Tool = 'chromium' | 'python' | 'java' | 'openssl' | 'go' | 'root' | 'mount';

/** A tool that is not to be had, and why. */
export interface Missing {
  readonly tool: Tool;
  readonly why: string;
}

/** Null when there is a browser to drive. */
export const missingBrowser: Missing | null = existsSync(chromiumPath)
  ? null
  : { tool: 'chromium', why: `nothing at ${chromiumPath}: install chromium or set PERENNIAL_CHROMIUM` };

/** Null when this process may become another user. */
export const missingRoot: Missing | null =
  process.getuid?.() === 0 ? null : { tool: 'root', why: 'this process may not become another user' };

/** The name of a test or suite; where a tool is missing it says so, and the last lines of `npm test` show it. */
export function titled(name: string, missing: Missing | null): string {
  return missing === null ? name : `${name} (needs ${missing.tool}: ${missing.why})`;
}
