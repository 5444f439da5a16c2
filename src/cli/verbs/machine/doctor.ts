import { readConfig, type Config } from '../../../config.ts';
import { columns } from '../../../domain/words/columns.ts';
import { scrubCheck } from '../../../doctor/scrub.ts';
import { artifactsCheck } from '../../../doctor/artifacts.ts';
import { postgresCheck, temporalCheck } from '../../../doctor/engines.ts';
import { findFacts } from '../../../doctor/facts.ts';
import { reasonOf, warn, type Check, type Facts, type Finding } from '../../../doctor/findings.ts';
import {
  diskCheck,
  nativeCheck,
  nodeCheck,
  portsCheck,
  secretsCheck,
  spoolCheck,
  temporalCliCheck,
} from '../../../doctor/machine.ts';
import { namedSecretsCheck } from '../../../doctor/named-secrets.ts';
import { driftCheck, stackCheck, tokenCheck } from '../../../doctor/platform.ts';
import { helpOf } from '../../line/help.ts';
import { readLine } from '../../line/read-line.ts';
import type { Streams } from '../../line/run-line.ts';
import type { Verb } from '../../line/verb.ts';

/** The order in which people read it: the machine, the engines, what runs on them. */
const checks: readonly Check[] = [
  nodeCheck,
  nativeCheck,
  temporalCliCheck,
  portsCheck,
  diskCheck,
  artifactsCheck,
  scrubCheck,
  secretsCheck,
  stackCheck,
  postgresCheck,
  temporalCheck,
  spoolCheck,
  tokenCheck,
  driftCheck,
  namedSecretsCheck,
];

/**
 * No check may hold up the others; together they take as long as the slowest. Twice what a connection attempt may take:
 * on a busy machine the attempt must still end by itself, and say why.
 */
const checkMsMax = 6_000;
/** What a check left hanging (a connection attempt) may not keep the process. */
const endMs = 500;

const described: Verb = {
  name: 'doctor',
  about:
    'Look at everything that must be right: versions, ports, clocks, disks, engines, migrations, tokens, definitions.',
  words: [],
  flags: [],
  examples: ['perennial doctor', 'perennial doctor --json'],
  run: () => Promise.resolve(),
};

/** Exit code 0 when nothing failed (warnings do not count), 1 otherwise. Changes nothing. */
export async function runDoctor(
  args: readonly string[],
  streams: Streams,
  config: Config = readConfig(),
): Promise<number> {
  const { values } = readLine(described, args);
  if (values['help'] === true) {
    streams.out(`${helpOf(described)}\n`);
    return 0;
  }
  const findings = await examine(await findFacts(config));
  const failed = findings.filter(({ state }) => state === 'fail').length;
  if (values['json'] === true) streams.out(`${JSON.stringify({ failed, findings })}\n`);
  else streams.out(`${textOf(findings, failed)}\n`);
  const code = failed === 0 ? 0 : 1;
  setTimeout(() => process.exit(code), endMs).unref();
  return code;
}

/** Every check, at once, each within its time; one that breaks is a warning about itself. */
export async function examine(facts: Facts): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((check) => bounded(check, facts)));
  return found.flat();
}

async function bounded(check: Check, facts: Facts): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(
      () =>
        resolve([
          warn(
            check.name,
            `not known within ${checkMsMax / 1_000} s`,
            'Run it again; if it lasts, what it asks does not answer.',
          ),
        ]),
      checkMsMax,
    );
  });
  try {
    return await Promise.race([check.run(facts), late]);
  } catch (error) {
    return [warn(check.name, `could not be looked at (${reasonOf(error)})`, 'Report it: the check itself broke.')];
  } finally {
    clearTimeout(timer);
  }
}

function textOf(findings: readonly Finding[], failed: number): string {
  const rows = findings.flatMap(({ name, state, says, fix }) => [
    [state === 'skip' ? '-' : state, name, says],
    ...(fix === null ? [] : [['', '', `-> ${fix}`]]),
  ]);
  const warned = findings.filter(({ state }) => state === 'warn').length;
  const sum =
    failed === 0
      ? warned === 0
        ? 'Nothing is wrong.'
        : `Nothing failed; ${warned} warning(s).`
      : `${failed} failed, ${warned} warning(s).`;
  return [...columns(rows), '', sum].join('\n');
}
