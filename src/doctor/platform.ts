import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { modelList } from '../contracts/http/answers.ts';
import { parseSpec } from '../contracts/spec/parse-spec.ts';
import { describeChange, diffSpecs } from '../domain/spec/diff-spec.ts';
import { isPerennialError } from '../domain/words/errors.ts';
import { findStack } from '../stack/find-stack.ts';
import { loadDefinitions } from '../stack/load-definitions.ts';
import { fail, isMissing, ok, reasonOf, skip, warn, type Check, type Facts, type Finding } from './findings.ts';
import { request } from '../stack/request.ts';

const askMsMax = 2_500;
const changesShownMax = 3;
const expiresSoonMs = 7 * 86_400_000;
const storedSpec = z.object({ revision: z.int(), spec: z.record(z.string(), z.unknown()) });

export const stackCheck: Check = {
  name: 'stack',
  run: async (facts) => {
    const { config, stack, isStackAlive } = facts;
    if (stack !== null && !isStackAlive)
      return [
        warn(
          'stack',
          `${config.stateDir}/stack.json names process ${stack.pid ?? 0}, which is gone`,
          'Start it again: `npm run dev` ends what a killed one left running.',
        ),
      ];
    if (stack === null && !isElsewhere(config))
      return [skip('stack', 'nothing runs here: start it with `npm run dev`')];
    const urls = [
      ['control', stack?.controlUrl ?? config.controlUrl],
      ['inference', stack?.inferenceUrl ?? config.inferenceUrl],
    ] as const;
    return Promise.all(urls.map(([name, url]) => readyFinding(name, url)));
  },
};

async function readyFinding(name: string, url: string): Promise<Finding> {
  const log = `See logs/${name}.log in the state folder.`;
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(askMsMax) });
    const text = await response.text();
    if (response.ok) return ok(name, `${url} is ready`);
    const detail = z.object({ detail: z.string() }).safeParse(parsed(text)).data?.detail ?? `status ${response.status}`;
    return fail(name, `${url} runs and is not ready: ${detail}`, log);
  } catch (error) {
    return fail(name, `${url} does not answer (${reasonOf(error)})`, log);
  }
}

export const tokenCheck: Check = {
  name: 'token',
  run: async (facts) => {
    const name = 'token';
    const stack = await findStack(facts.config).catch((error: unknown) => (isPerennialError(error) ? error : null));
    if (stack === null || isPerennialError(stack)) {
      return stack?.code === 'unauthenticated'
        ? [warn(name, reasonOf(stack), stack.hint)]
        : [skip(name, 'nothing runs here to prove it to')];
    }
    try {
      await request(modelList, { method: 'GET', url: `${stack.controlUrl}/v1/models?limit=1`, token: stack.token });
      return [await expiryFinding(facts, stack.controlUrl)];
    } catch (error) {
      if (!isPerennialError(error)) throw error;
      if (error.code === 'unauthenticated')
        return [fail(name, reasonOf(error), 'Make a new one with an admin token: `perennial token create`.')];
      if (error.code === 'forbidden') return [warn(name, `${reasonOf(error)}: it may not read`, error.hint)];
      return [skip(name, `not proven: ${reasonOf(error)}`)];
    }
  },
};

/** When it ends is not told by the API; where the database is at hand, it knows. */
async function expiryFinding(facts: Facts, controlUrl: string): Promise<Finding> {
  const name = 'token';
  const database = await facts.database;
  const row = isMissing(database) ? null : database.token;
  if (row === null) return ok(name, `valid at ${controlUrl}`);
  const who = `"${row.name}", ${row.role} of ${row.scope}`;
  if (row.expiresAt === null) return ok(name, `${who}: valid, and does not expire`);
  const leftMs = row.expiresAt.getTime() - Date.now();
  const says = `${who}: valid until ${row.expiresAt.toISOString()}`;
  return leftMs < expiresSoonMs ? warn(name, says, 'Rotate it in time: `perennial token rotate`.') : ok(name, says);
}

export const driftCheck: Check = {
  name: 'definitions',
  run: async ({ config }) => {
    const name = 'definitions';
    const stack = await findStack(config).catch(() => null);
    if (stack === null) return [skip(name, 'nothing runs here to compare models/ with')];
    const folder = path.join(config.rootDir, 'models');
    const files = (await readdir(folder).catch(() => [])).filter(
      (file) => /\.(ts|json)$/.test(file) && !/\.test\.ts$|^\./.test(file),
    );
    if (files.length === 0) return [ok(name, 'models/ holds none')];
    const findings = await Promise.all(files.map((file) => fileFindings(`models/${file}`, config.rootDir, stack)));
    return findings.flat();
  },
};

async function fileFindings(
  file: string,
  rootDir: string,
  stack: { readonly controlUrl: string; readonly token: string },
): Promise<readonly Finding[]> {
  try {
    const { models } = await loadDefinitions(file, rootDir, null);
    return await Promise.all(models.map((definition) => specFinding(file, parseSpec(definition), stack)));
  } catch (error) {
    return [warn(file, reasonOf(error), isPerennialError(error) ? error.hint : 'Mend the file.')];
  }
}

async function specFinding(
  file: string,
  spec: { readonly name: string },
  stack: { readonly controlUrl: string; readonly token: string },
): Promise<Finding> {
  try {
    const stored = await request(storedSpec, {
      method: 'GET',
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(spec.name)}/spec`,
      token: stack.token,
    });
    const changes = diffSpecs(stored.spec, JSON.parse(JSON.stringify(spec)));
    if (changes.length === 0) return ok(file, `${spec.name} is what runs (revision ${stored.revision})`);
    const shown = changes.slice(0, changesShownMax).map(describeChange).join('; ');
    const more = changes.length > changesShownMax ? ` and ${changes.length - changesShownMax} more` : '';
    return warn(
      file,
      `${spec.name} differs from revision ${stored.revision}, which runs: ${shown}${more}`,
      `Apply it: \`perennial apply ${file}\`.`,
    );
  } catch (error) {
    if (isPerennialError(error) && error.code === 'model_not_found')
      return skip(file, `${spec.name} was never applied`);
    return skip(file, `not compared: ${reasonOf(error)}`);
  }
}

function isElsewhere(config: Facts['config']): boolean {
  return config.controlUrl !== `http://127.0.0.1:${config.controlPort}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
