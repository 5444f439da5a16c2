import { authorise } from '../../access/principal.ts';
import type { StorageAnswer } from '../../contracts/http/answers.ts';
import { readDisks, type Disk } from '../../db/installation/storage.ts';
import { sayForecast } from '../../domain/record/disk-full.ts';
import { sayBytes } from '../../domain/words/say.ts';
import type { CommandContext } from '../base/context.ts';

/** How full the disks are and when they are full, for everybody who may read: it says nothing of any model. */
export async function storage(context: CommandContext): Promise<StorageAnswer> {
  authorise(context.principal, 'read', null);
  return { disks: (await readDisks(context.database.db)).map(viewOf) };
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
