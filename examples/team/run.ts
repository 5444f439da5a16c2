import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { environmentOfOwnEngines } from '../../bench/own-engines.ts';
import { readConfigWith } from '../../src/config.ts';
import type { SourceView } from '../../src/contracts/http/data/sources.ts';
import type { HistoryView, SettledView } from '../../src/contracts/http/views.ts';
import { onStopSignal } from '../../src/embedded/process/end-with-parent.ts';
import { endWithSentence } from '../../src/main-failure.ts';
import { requestJson, type Target } from '../../src/replay/http.ts';
import { describeStack } from '../../src/stack/describe-stack.ts';
import { startStack, type StartedStack } from '../../src/stack/start-stack.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { until } from '../../tests/worlds/wait.ts';
import { ordersOf } from './orders.ts';
import { startPlaces, type Places } from './places.ts';
import { madeUpOrders } from './rows.ts';

const help = `npm run example:team [-- --once] [-- --json]

A model whose history lies in a bucket, a table and a topic, all of them real and on this machine.
--once ends when everything was shown; --json prints it as one line. Ctrl-C ends every process that was started.`;

/** What was told, for a reader that is a program. */
interface Told {
  /** How far the sources were read for each of the two versions. */
  readonly sources: readonly SourceView[];
}

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const say = (line: string): void => void (values.json || process.stdout.write(`${line}\n`));
const model = 'orders';

if (values.help) process.stdout.write(`${help}\n`);
else await main().catch(endWithSentence);

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-team-'));
  const wanted = new Promise<void>((resolve) => onStopSignal(() => resolve()));
  try {
    const places = await startPlaces(folder, (line) => say(`  ${line}`));
    try {
      await tell(folder, places, wanted);
    } finally {
      await places.stop();
    }
  } finally {
    // What was killed may write its last line a moment later.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function tell(folder: string, places: Places, wanted: Promise<void>): Promise<void> {
  Object.assign(process.env, places.settings);
  const stack = await startStack(readConfigWith({ ...environmentOfOwnEngines(folder), ...places.settings }), {
    log: createLogger('team', 'warn'),
    onProgress: (line) => say(`  ${line}`),
    onFatal: endWithSentence,
  });
  try {
    const told = await Promise.race([play(stack, places), wanted.then(() => null)]);
    if (told === null) return;
    if (values.json) process.stdout.write(`${JSON.stringify(told)}\n`);
    if (values.once) return;
    say(
      `\n${describeStack(stack)}\n\n  It stays up; Ctrl-C ends all of it. In another terminal:\n` +
        `  PERENNIAL_STATE_DIR=${folder} npx perennial source status orders`,
    );
    await wanted;
  } finally {
    say('  stopping');
    await stack.stop();
  }
}

/** First what lies there, then what comes to it. */
async function play({ controlUrl, tokens }: StartedStack, places: Places): Promise<Told> {
  const control: Target = { url: controlUrl, token: tokens.admin };
  for (const month of [0, 1, 2])
    await places.addFile(`2026-0${month + 1}.csv`, madeUpOrders(month * 500, (month + 1) * 500));
  await places.insert(madeUpOrders(1_500, 2_300));
  await places.send(madeUpOrders(2_300, 2_600));
  say('\n  1,500 orders lie in three files of the bucket, 800 in the table, 300 in the topic.');
  await requestJson(control, 'POST', '/v1/apply', { spec: ordersOf(places.addresses), reason: 'the example begins' });
  const settled = (): Promise<SettledView> => requestJson(control, 'GET', `/v1/models/${model}/settled`);
  await until('v1 is champion', async () => {
    const { championVersion, isSettled, waitsFor } = await settled();
    if (championVersion === 1 && isSettled) return true;
    const { runs } = await requestJson<HistoryView>(control, 'GET', `/v1/models/${model}/history?limit=5`);
    const said = runs.map(({ runId, status, detail }) => `${runId} ${status}: ${detail}`).join('; ');
    throw new Error(`waits for ${waitsFor ?? 'a champion'}; ${said}`);
  });
  const first = await readFor(control, 1);
  say(`  v1 is champion. ${first.rows} rows were read for it.`);

  await places.addFile('2026-04.csv', madeUpOrders(2_600, 2_800));
  await places.insert(madeUpOrders(2_800, 2_900));
  await places.send(madeUpOrders(2_900, 2_950));
  say('  200 orders come into the bucket, 100 into the table, 50 into the topic; somebody asks for a training.');
  await requestJson(control, 'POST', `/v1/models/${model}/retrain`, { reason: 'rows have come' });
  const second = await readFor(control, 2);
  say(`  v2 was trained on all of them. ${second.rows - first.rows} rows were read for it, none a second time.`);
  say('\n  Where its rows are from:');
  for (const { name, source, rows } of second.members)
    say(`    ${name.padEnd(8)} ${String(rows).padStart(6)} rows of ${source}`);
  return { sources: [first, second] };
}

/** Once a training has made its version, how far each source has been read. */
async function readFor(control: Target, version: number): Promise<SourceView> {
  await until(`v${version} is stored`, async () => {
    const { versions } = await requestJson<HistoryView>(control, 'GET', `/v1/models/${model}/history?limit=20`);
    return versions.some((row) => row.version === version);
  });
  return requestJson<SourceView>(control, 'GET', `/v1/models/${model}/source`);
}
