import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { fail, isMissing, ok, reasonOf, skip, warn, type Check, type Facts, type Finding } from './findings.ts';

const connectMsMax = 2_500;
/** Leases of inference processes last 5 s by the clock of the database: a clock further off than that breaks them. */
const skewMsFail = 5_000;
const skewMsWarn = 500;

export const postgresCheck: Check = {
  name: 'postgres',
  run: async (facts) => {
    const found = await facts.database;
    if (isMissing(found))
      return [missingEngine('postgres', found.missing, found.isExpected, 'Start it, or correct DATABASE_URL.')];
    const { applied, pending, problem } = found;
    return [
      ok('postgres', `${found.serverVersion}, answers in ${found.roundTripMs} ms`),
      migrationFinding(applied, pending, problem),
      found.hasAppRole
        ? ok('audit role', 'processes act as perennial_app, which may only append to the audit')
        : applied.length === 0
          ? skip('audit role', 'made by the first migration')
          : warn(
              'audit role',
              'there is no role perennial_app, or this user may not take it: triggers alone protect the audit',
              'Let an administrator run `create role perennial_app nologin` and grant it to this user, ' +
                'then `perennial migrate`.',
            ),
      skewFinding('clock of postgres', found.skewMs),
    ];
  },
};

function migrationFinding(applied: readonly string[], pending: readonly string[], problem: string | null): Finding {
  if (problem !== null)
    return fail(
      'migrations',
      problem,
      'Restore the files of migrations/, or run the program version that wrote this database.',
    );
  if (applied.length === 0)
    return warn(
      'migrations',
      'none is applied: the database is empty',
      '`perennial dev` or `perennial migrate` applies them.',
    );
  if (pending.length > 0)
    return warn(
      'migrations',
      `${pending.join(', ')} not applied`,
      'Run `perennial migrate`; `perennial dev` does it when it starts.',
    );
  return ok('migrations', `${applied.length} applied, none pending`);
}

export const temporalCheck: Check = {
  name: 'temporal',
  run: async (facts) => {
    const { connectionOptions, namespace: named } = loadClientConnectConfig();
    const { config, stack } = facts;
    const address =
      config.temporalAddress ??
      (config.isTemporalConfigured
        ? connectionOptions.address
        : facts.isStackAlive
          ? stack?.temporalAddress
          : undefined);
    if (address === undefined)
      return [skip('temporal', 'none runs and none is configured: `perennial dev` starts one')];
    const namespace = stack?.namespace ?? named ?? config.temporalNamespace;
    try {
      const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: connectMsMax });
      try {
        return await lookInside(facts, connection, address, namespace);
      } finally {
        await connection.close();
      }
    } catch (error) {
      return [
        fail('temporal', `${address} does not answer (${reasonOf(error)})`, 'Start it, or correct TEMPORAL_ADDRESS.'),
      ];
    }
  },
};

async function lookInside(
  facts: Facts,
  connection: Connection,
  address: string,
  namespace: string,
): Promise<readonly Finding[]> {
  return connection.withDeadline(Date.now() + connectMsMax, async () => {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    const reached = ok('temporal', `${serverVersion ?? 'unknown version'} at ${address}`);
    const claim = await claimFinding(facts, connection, namespace);
    const clock = facts.stack?.temporalUiUrl ?? facts.config.temporalUiUrl;
    return [
      reached,
      claim,
      clock == null ? skip('clock of temporal', 'not known: its Web UI is not configured') : await webClock(clock),
    ];
  });
}

/** The claim is the memo of a workflow that nobody runs (src/temporal/claim-namespace.ts). */
async function claimFinding(facts: Facts, connection: Connection, namespace: string): Promise<Finding> {
  const name = 'namespace';
  try {
    const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId: 'installation' },
    });
    const data = workflowExecutionInfo?.memo?.fields?.['installationId']?.data;
    const owner = z
      .string()
      .safeParse(JSON.parse(Buffer.from(data ?? new Uint8Array()).toString('utf8') || 'null')).data;
    const database = await facts.database;
    const own = isMissing(database) ? undefined : database.installation?.installationId;
    if (own === undefined || owner === undefined)
      return ok(name, `"${namespace}" is claimed by ${owner ?? 'somebody'}`);
    if (own === owner) return ok(name, `"${namespace}" is ours`);
    return fail(
      name,
      `"${namespace}" belongs to another installation (${owner})`,
      'Set TEMPORAL_NAMESPACE to one of its own, or DATABASE_URL to the database it belongs to.',
    );
  } catch (error) {
    const text = reasonOf(error);
    if (/Namespace .*not found/i.test(text))
      return fail(
        name,
        `"${namespace}" does not exist`,
        `Make it: \`temporal operator namespace create ${namespace}\`.`,
      );
    return /not found/i.test(text)
      ? warn(name, `"${namespace}" is claimed by nobody yet`, 'The first worker claims it.')
      : fail(name, text, 'See the log of Temporal.');
  }
}

/** To the second: it is the Date of an answer of the Web UI, which runs beside the server. */
async function webClock(url: string): Promise<Finding> {
  const name = 'clock of temporal';
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(connectMsMax),
    });
    const atMs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(atMs)) return skip(name, 'its Web UI does not tell the time');
    // The header is cut to the second: half of one is taken off on average.
    return skewFinding(name, Math.round(atMs + 500 - Date.now()), 1_000);
  } catch (error) {
    return warn(
      name,
      `${url} does not answer (${reasonOf(error)})`,
      'Correct PERENNIAL_TEMPORAL_UI_URL, or start the Web UI.',
    );
  }
}

function skewFinding(name: string, skewMs: number, knownToMs = 0): Finding {
  const apartMs = Math.max(0, Math.abs(skewMs) - knownToMs);
  const says = `${skewMs} ms from ours${knownToMs === 0 ? '' : `, known to ${knownToMs} ms`} (limit ${skewMsFail} ms)`;
  const fix = 'Set both clocks by NTP: leases and labels are told apart by them.';
  if (apartMs > skewMsFail) return fail(name, says, fix);
  return apartMs > skewMsWarn ? warn(name, says, fix) : ok(name, says);
}

function missingEngine(name: string, why: string, isExpected: boolean, fix: string): Finding {
  return isExpected ? skip(name, why) : fail(name, why, fix);
}
