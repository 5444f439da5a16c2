import type { Config } from '../config.ts';
import type { DatabaseFacts } from '../db/installation/inspect.ts';
import { cut } from '../domain/words/cut.ts';

/** `skip` is for what cannot be looked at while nothing runs: no fault, and no proof either. */
export type State = 'ok' | 'skip' | 'warn' | 'fail';

export interface Finding {
  readonly name: string;
  readonly state: State;
  readonly says: string;
  /** What to do, in one sentence; null where nothing is. */
  readonly fix: string | null;
}

/** What `dev` writes for other commands, as far as the doctor reads it. */
export interface StackFile {
  readonly controlUrl: string;
  readonly inferenceUrl: string;
  readonly temporalUiUrl?: string | null | undefined;
  readonly temporalAddress?: string | undefined;
  readonly namespace?: string | undefined;
  readonly postgresPort?: number | undefined;
  readonly tokensFile: string;
  readonly pid?: number | undefined;
}

/** What several checks look at, found out once. Promises never reject: a failure is what they tell. */
export interface Facts {
  readonly config: Config;
  /** What `dev` wrote; null when it never ran here, or was stopped in good order. */
  readonly stack: StackFile | null;
  readonly isStackAlive: boolean;
  readonly database: Promise<DatabaseFacts | Missing>;
}

/** Why something is not there; `isExpected` when nothing says that it should be. */
export interface Missing {
  readonly missing: string;
  readonly isExpected: boolean;
}

export interface Check {
  readonly name: string;
  run(facts: Facts): Promise<readonly Finding[]>;
}

export const ok = (name: string, says: string): Finding => ({ name, state: 'ok', says, fix: null });
export const skip = (name: string, says: string): Finding => ({ name, state: 'skip', says, fix: null });
export const warn = (name: string, says: string, fix: string): Finding => ({ name, state: 'warn', says, fix });
export const fail = (name: string, says: string, fix: string): Finding => ({ name, state: 'fail', says, fix });

export function isMissing(facts: DatabaseFacts | Missing): facts is Missing {
  return 'missing' in facts;
}

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return cut((text.split('\n')[0] ?? '').replace(/[.\s]+$/, ''), 300);
}
