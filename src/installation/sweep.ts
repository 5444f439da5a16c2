import { collectArtifacts, unusedArtifacts } from '../../activities/retain/collect-artifacts.ts';
import { openArtifactStore } from '../artifacts/open-artifact-store.ts';
import type { Call } from '../cli/line/verb.ts';
import { createDatabase } from '../db/base/connect.ts';
import { reportRemovals } from '../db/retention/report-removals.ts';
import { sayBytes, sayMany } from '../domain/words/say.ts';
import { findDatabaseUrl } from './database-url.ts';

/** One round of what the workflow does by itself, or with `--dry-run` only what would go if nothing came in between. */
export async function runSweep({ config, out, isSet }: Call): Promise<void> {
  const database = createDatabase(await findDatabaseUrl(config), {
    applicationName: 'perennial-sweep',
    connectionsMax: 2,
    onIdleError: () => undefined,
  });
  const ask = { database, store: openArtifactStore(config), graceMs: config.artifactGraceMs };
  try {
    const unused = await unusedArtifacts(ask);
    if (isSet('dry-run')) {
      for (const { digest, bytes, putAtMs } of unused)
        out.line(`${digest}  ${sayBytes(bytes)}, put ${new Date(putAtMs).toISOString()}`);
    } else {
      await collectArtifacts(ask, null, () => false);
      await reportRemovals(database);
    }
    const bytes = unused.reduce((sum, one) => sum + one.bytes, 0);
    const graceHours = config.artifactGraceMs / 3_600_000;
    out.line(
      `${sayMany(unused.length, 'artifact')} (${sayBytes(bytes)}) that nobody needs; ` +
        `each goes when it has been so for ${graceHours} hours.`,
    );
    out.json({ isDryRun: isSet('dry-run'), graceHours, bytes, unused });
  } finally {
    await database.close();
  }
}
