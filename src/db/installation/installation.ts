import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import { withTransaction, type Database } from '../base/connect.ts';
import { installation } from '../schema/index.ts';

/**
 * The id of this installation, made at first use; it belongs to one Temporal namespace. Throws `configuration` when
 * that changed.
 */
export async function installationIdOf(database: Database, temporalNamespace: string): Promise<string> {
  return withTransaction(database, async (tx) => {
    await tx.execute(sql`lock table installation in exclusive mode`);
    const [row] = await tx.select().from(installation).limit(1);
    if (row === undefined) {
      const installationId = randomUUID();
      await tx.insert(installation).values({ installationId, temporalNamespace });
      return installationId;
    }
    if (row.temporalNamespace !== temporalNamespace) {
      throw new PerennialError(
        'configuration',
        `This database belongs to the Temporal namespace "${row.temporalNamespace}", not "${temporalNamespace}".`,
        {
          path: 'TEMPORAL_NAMESPACE',
          hint:
            `Set TEMPORAL_NAMESPACE=${row.temporalNamespace}, or move by pausing, draining, ` +
            `and changing the stored namespace.`,
        },
      );
    }
    return row.installationId;
  });
}
