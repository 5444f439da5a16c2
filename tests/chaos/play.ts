import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runningDatabaseUrl } from '../../src/embedded/postgres/postgres.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { brokenRules } from '../worlds/invariants.ts';
import { until } from '../worlds/wait.ts';
import { disturb } from './disturb.ts';
import { keepInstallation, type Faults, type Installation } from './installation.ts';
import { live, type Length } from './life.ts';
import { differences, readRegistry, type Registry } from './registry.ts';

export interface Chaos {
  readonly seed: number;
  readonly kills: number;
  readonly length: Length;
  /** Models that live at the same time. */
  readonly abreast: number;
  readonly betweenMs: { readonly min: number; readonly max: number };
  /** Null: kills alone. */
  readonly faults: Pick<Faults, 'share' | 'clockMs'> | null;
  /** Nobody is killed any more; what lives goes on to its end and is judged. */
  readonly enough?: AbortSignal;
  readonly say: (line: string) => void;
}

export interface Played {
  readonly killed: Readonly<Record<string, number>>;
  readonly pauses: number;
  /** What happened and was told to have failed, and writes that found the disk full. */
  readonly faults: Readonly<Record<string, number>>;
  readonly lives: number;
  /** How often `dev` was started, after kills and after it gave an engine up. */
  readonly starts: number;
  readonly seconds: number;
  /** Sentences: rules that do not hold, and lives that left something else than the undisturbed one. */
  readonly broken: readonly string[];
  /** Where everything lies when something is broken; otherwise it is gone. */
  readonly folder: string;
}

const startLimitMs = 5 * 60_000;
const burst = 10;
/** Until a life has got a step further, and no longer than this. */
const calmLimitMs = 120_000;

/**
 * One life undisturbed, then lives beside each other, one after the other, until the kills are spent and all that began
 * have ended. Each must leave the registry of the undisturbed one, and every invariant must hold.
 */
export async function playChaos(chaos: Chaos): Promise<Played> {
  const startedMs = performance.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-chaos-'));
  const undisturbed = await inInstallation(folder, null, async (installation, url) => {
    await live(installation, { folder, length: chaos.length }, 'undisturbed', () => undefined);
    return readRegistry(await url(), 'undisturbed');
  });
  chaos.say(`an undisturbed life takes ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  const tally = path.join(folder, 'faults');
  await mkdir(tally);
  const faults = chaos.faults === null ? null : { ...chaos.faults, seed: chaos.seed, tally };
  const played = await inInstallation(folder, faults, (installation, url) =>
    playDisturbed(chaos, installation, folder, url, undisturbed),
  );
  const counted = await countFaults(tally);
  if (played.broken.length === 0) await rm(folder, { recursive: true, force: true });
  return { ...played, faults: counted, folder, seconds: (performance.now() - startedMs) / 1_000 };
}

async function inInstallation<T>(
  folder: string,
  faults: Faults | null,
  play: (installation: Installation, url: () => Promise<string>) => Promise<T>,
): Promise<T> {
  const installation = keepInstallation(folder, faults);
  const url = async (): Promise<string> => {
    const { postgresPort } = await installation.doors();
    const found = await runningDatabaseUrl(path.join(folder, 'state'), postgresPort);
    if (found === null) throw new Error('its Postgres has no password yet');
    return found;
  };
  try {
    await until('the installation runs', async () => (await installation.doors()).controlUrl !== '', startLimitMs);
    return await play(installation, url);
  } finally {
    await installation.stop();
  }
}

async function playDisturbed(
  chaos: Chaos,
  installation: Installation,
  folder: string,
  url: () => Promise<string>,
  undisturbed: Registry,
): Promise<Omit<Played, 'faults' | 'folder' | 'seconds'>> {
  const failed = new AbortController();
  let steps = 0;
  const calm = async (): Promise<void> => {
    const before = steps;
    await until('a life goes on', async () => steps > before || failed.signal.aborted, calmLimitMs, 200).catch(() =>
      chaos.say(`  no life went on within ${calmLimitMs / 1_000} s`),
    );
  };
  let isSpent = false;
  let pauses = 0;
  const killing = disturb({
    installation,
    random: createRandom(chaos.seed),
    kills: chaos.kills,
    betweenMs: chaos.betweenMs,
    burst,
    calm,
    signal: chaos.enough === undefined ? failed.signal : AbortSignal.any([failed.signal, chaos.enough]),
    onKill: (name, pid, number) => chaos.say(`kill -9 ${name} (${pid}), ${number} of ${chaos.kills}`),
    onPause: (name, ms) => {
      pauses += 1;
      chaos.say(`  ${name} is silent for ${ms} ms`);
    },
  }).finally(() => (isSpent = true));

  const models: string[] = [];
  const lived: string[] = [];
  const broken: string[] = [];
  const liveOn = async (): Promise<void> => {
    do {
      const model = `life-${models.length + 1}`;
      models.push(model);
      let step = 'begins';
      try {
        await live(installation, { folder, length: chaos.length }, model, (text) => {
          steps += 1;
          step = text;
        });
        lived.push(model);
        chaos.say(`  ${model} has lived`);
      } catch (error) {
        broken.push(`${model} did not get beyond "${step}": ${String(error)}`);
        failed.abort();
      }
    } while (!isSpent && !failed.signal.aborted);
  };
  await Promise.all(Array.from({ length: chaos.abreast }, liveOn));
  const killed = await killing;
  const rules = await until('its Postgres answers', async () => brokenRules(await url()), startLimitMs);
  for (const model of lived)
    for (const text of differences(undisturbed, await readRegistry(await url(), model)))
      broken.push(`${model} left something else: ${text}`);
  broken.push(...rules);
  return { killed, pauses, lives: models.length, starts: installation.starts(), broken };
}

async function countFaults(folder: string): Promise<Readonly<Record<string, number>>> {
  const kinds = (await readdir(folder)).sort();
  const sizes = await Promise.all(
    kinds.map(async (kind) => [kind, (await stat(path.join(folder, kind))).size] as const),
  );
  return Object.fromEntries(sizes);
}
