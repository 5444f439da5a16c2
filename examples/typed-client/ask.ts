// oxlint-disable no-console -- a program for the terminal
// Asks about orders, reports how one came out, trains again, releases the new version and takes it back.
//   node ask.js INFERENCE_URL CONTROL_URL TOKEN
import { connect, isPerennialClientError } from 'perennial/client';
import { orders } from './orders.js';

const [inferenceUrl = '', controlUrl = '', token = ''] = process.argv.slice(2);
const ml = connect({ inferenceUrl, controlUrl, token, models: { orders } });

// `country: 'SE'` would not compile, nor would an order without `items`.
const answer = await ml.orders.predict({ basket: 120.5, items: 2, country: 'DE', customer: 'c-17' });
// Without a champion the fallback of the definition would answer, and say so.
const who = answer.arm === 'fallback' ? 'the fallback' : `version ${answer.version}`;
console.log(`${answer.label} (${answer.probabilities.yes.toFixed(2)}) by ${who}`);

// One that keeps its id over the lives of this program counts once, however often it is sent.
await ml.orders.predict({ basket: 20, items: 1, country: 'NL' }, { predictionId: 'order-1001' });
await ml.orders.label('order-1001', 'no');

const batch = await ml.orders.predictMany([
  { basket: 15, items: 8, country: 'FR' },
  { basket: 199, items: 1, country: 'DE' },
]);
console.log(`batch: ${batch.map(({ label }) => label).join(' ')}`);

// The run that the command leads to, state by state. A `break` or an abort of the signal leaves it to itself.
for await (const run of ml.orders.watchRun(await ml.orders.retrain({ reason: 'an example' })))
  console.log(`${run.runId}: ${run.status}`);

// Its version is compared in shadow now; somebody who may decide need not wait for it.
await until(async () => (await ml.orders.status()).rollout !== null);
await ml.orders.approve({ reason: 'seen enough' });
await until(async () => (await ml.orders.status()).champion?.version === 2);
await ml.orders.rollback({ toVersion: 1, reason: 'only an example' });
await until(async () => (await ml.orders.status()).champion?.version === 1);
const { moves } = await ml.orders.history({ limit: 10 });
console.log(moves.map(({ fromVersion, toVersion }) => `${fromVersion ?? 'none'}>${toVersion}`).join(' '));

try {
  await ml.orders.rollback({ toVersion: 99, reason: 'there is none' });
} catch (error) {
  if (!isPerennialClientError(error)) throw error;
  console.log(`${error.code} ${error.status}: ${error.message} ${error.hint}`);
}

/** Looks every 200 ms, for at most a minute. */
async function until(look: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (!(await look())) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to that within a minute');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
