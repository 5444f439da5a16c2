import type { Database } from '../../src/db/base/connect.ts';
import { label, prediction } from '../../src/db/schema/index.ts';
import { logistic } from './paired-world.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { addClosedWindow } from './watched-models.ts';

/** Rows of a window of `addClosedWindow`. */
const rowsPerWindow = 200;

/**
 * A closed window of the champion, version 1, whose labels are all known at its end; what comes true lies `shift` in
 * log-odds above what it says.
 */
export async function addLabelledWindow(
  database: Pick<Database, 'db'>,
  model: string,
  number: number,
  shift: number,
): Promise<void> {
  const { db } = database;
  const random = createRandom(`${number}/${shift}`);
  const rows = Array.from({ length: rowsPerWindow }, (_, i) => {
    const logOdds = -1 + random.normal();
    const seq = (number - 1) * rowsPerWindow + i + 1;
    return { seq, p: logistic(logOdds), isFraud: random.next() < logistic(logOdds + shift) };
  });
  await db.insert(prediction).values(
    rows.map(({ seq, p }): typeof prediction.$inferInsert => ({
      model,
      predictionId: `p${seq}`,
      seq,
      windowNumber: number,
      requestedAt: new Date(),
      bucket: 0,
      arm: 'champion',
      stage: 'steady',
      challengerWeight: 0,
      version: 1,
      correction: 'identity',
      routingRevision: 2,
      specRevision: 1,
      numbers: [15],
      texts: [],
      scores: [1 - p, p],
      decision: p >= 0.5 ? 'fraud' : 'fine',
      failed: false,
      latencyUs: 10,
    })),
  );
  await db.insert(label).values(
    rows.map(({ seq, isFraud }) => ({
      model,
      labelId: `l${seq}`,
      predictionId: `p${seq}`,
      predictionSeq: seq,
      label: isFraud ? 'fraud' : 'fine',
      knownSeq: seq + 1,
      knownWindow: number,
      receivedAt: new Date(),
    })),
  );
  await addClosedWindow(database, model, number);
}
