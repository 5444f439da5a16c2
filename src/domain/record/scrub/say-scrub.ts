import { sayBytes, sayMany } from '../../words/say.ts';

/** How far the reading of all files has come, as it is stored. */
export interface ScrubStanding {
  readonly startedAt: Date;
  readonly files: number;
  readonly lastStartedAt: Date | null;
  readonly lastFinishedAt: Date | null;
  readonly lastFiles: number | null;
  readonly lastBytes: number | null;
  readonly lastDamaged: number | null;
}

/** One line for people: the last full round, and the one under way. Days are of UTC. */
export function sayScrub(row: ScrubStanding | null): string {
  if (row === null) return 'no file was read again yet: the worker begins within an hour';
  const day = (at: Date): string => at.toISOString().slice(0, 10);
  const now = `${sayMany(row.files, 'file')} read again since ${day(row.startedAt)}`;
  if (row.lastStartedAt === null || row.lastFinishedAt === null) return `${now}; no full round has ended yet`;
  const damaged = row.lastDamaged ?? 0;
  const found = damaged === 0 ? 'all whole' : `${damaged} damaged or missing`;
  return (
    `last full round ${day(row.lastStartedAt)} to ${day(row.lastFinishedAt)}: ` +
    `${sayMany(row.lastFiles ?? 0, 'file')}, ${sayBytes(row.lastBytes ?? 0)}, ${found}; ${now}`
  );
}
