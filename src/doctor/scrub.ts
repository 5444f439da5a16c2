import { isScrubLate } from '../domain/record/scrub/scrub.ts';
import { sayScrub } from '../domain/record/scrub/say-scrub.ts';
import { isMissing, ok, skip, warn, type Check } from './findings.ts';

const name = 'files read again';
const dayMs = 86_400_000;

/** Whether every artifact is compared with its digest within the period, and whether any is known to be damaged. */
export const scrubCheck: Check = {
  name,
  run: async ({ config, database }) => {
    const found = await database;
    if (isMissing(found) || found.scrub === null) return [skip(name, 'no database with this release to ask')];
    const { row, damaged } = found.scrub;
    const text = sayScrub(row);
    if (damaged > 0)
      return [
        warn(name, `${damaged} damaged or missing now; ${text}`, 'See `perennial alert list`: each says what to do.'),
      ];
    const isLate =
      row !== null && isScrubLate({ startedAtMs: row.startedAt.getTime() }, config.scrubDays * dayMs, Date.now());
    return [
      isLate
        ? warn(
            name,
            `behind: ${text}`,
            'See that a worker serves the queue perennial-cpu, or raise PERENNIAL_SCRUB_DAYS.',
          )
        : ok(name, text),
    ];
  },
};
