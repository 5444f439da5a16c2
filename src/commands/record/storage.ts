import { authorise } from '../../access/principal.ts';
import type { StorageAnswer } from '../../contracts/http/answers.ts';
import { readDisks, type Disk } from '../../db/installation/storage.ts';
import { findScrub, type ScrubRow } from '../../db/scrub/scrub-round.ts';
import { sayScrub } from '../../domain/record/scrub/say-scrub.ts';
import { sayForecast } from '../../domain/record/disk-full.ts';
import { sayBytes } from '../../domain/words/say.ts';
import type { CommandContext } from '../base/context.ts';

/**
 * How full the disks are and when they are full, and how far all files were read again, for everybody who may read: it
 * says nothing of any model.
 */
export async function storage(context: CommandContext): Promise<StorageAnswer> {
  authorise(context.principal, 'read', null);
  const { db } = context.database;
  const scrub = await findScrub(db);
  return { disks: (await readDisks(db)).map(viewOf), scrub: scrub === null ? null : scrubView(scrub) };
}

function viewOf({ disk, usedBytes, forecast }: Disk): StorageAnswer['disks'][number] {
  const fullAt = forecast?.fullAtMs == null ? null : new Date(forecast.fullAtMs).toISOString();
  const unseen = 'its disk cannot be seen from here; set PERENNIAL_DATABASE_DISK_GB';
  return {
    disk,
    usedBytes,
    freeBytes: forecast?.freeBytes ?? null,
    bytesPerDay: forecast?.bytesPerDay ?? null,
    fullAt,
    text: `${sayBytes(usedBytes)}; ${forecast === null ? unseen : sayForecast(forecast, fullAt?.slice(0, 10) ?? null)}`,
  };
}

function scrubView(row: ScrubRow): NonNullable<StorageAnswer['scrub']> {
  const { startedAt, files, bytes, lastStartedAt, lastFinishedAt } = row;
  const last =
    lastStartedAt === null || lastFinishedAt === null
      ? null
      : {
          startedAt: lastStartedAt.toISOString(),
          finishedAt: lastFinishedAt.toISOString(),
          files: row.lastFiles ?? 0,
          bytes: row.lastBytes ?? 0,
          damaged: row.lastDamaged ?? 0,
        };
  return { startedAt: startedAt.toISOString(), files, bytes, last, text: sayScrub(row) };
}
