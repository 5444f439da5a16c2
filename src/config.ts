import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PerennialError } from './domain/words/errors.ts';
import { isSecretVariable } from './domain/words/secret-name.ts';
import { deriveConfig, type Config, type Environment } from './settings/derive-config.ts';
import { readSecret } from './settings/read-secret.ts';
import { settingRows } from './settings/setting-rows.ts';
import { settingsSchema } from './settings/settings-schema.ts';

export type { Config } from './settings/derive-config.ts';
export type { LogLevel } from './settings/log-levels.ts';

/** The folder that holds package.json: default paths do not depend on where a command was started. */
export const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Reads every setting once. An empty variable counts as not set, so that `NAME= command` clears one.
 * Throws `configuration` with one sentence that names the first wrong variable; a value is never echoed, since a
 * connection string holds a password.
 */
export function readConfig(env: Environment = process.env): Config {
  const set: Record<string, string> = {};
  for (const { name } of settingRows) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') set[name] = value;
  }
  const parsed = settingsSchema.safeParse(set);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'environment');
    throw new PerennialError('configuration', `${name} ${issue?.message ?? 'is not valid'}.`, { path: name });
  }
  return Object.freeze(deriveConfig(parsed.data, env, rootDir));
}

/** The settings of this process with some of them replaced, as a child would be given them. */
export function readConfigWith(change: Environment): Config {
  return readConfig({ ...process.env, ...change });
}

/** Reads secrets by the names that definitions use, each time anew: one that was replaced is used at once. */
export function secretReader(
  { secretsDir }: Pick<Config, 'secretsDir'>,
  env: Environment = process.env,
): (name: string) => Promise<string> {
  return (name) => readSecret(name, env, secretsDir);
}

/** For a child that reads no source: the environment without the secrets in it. */
export function environmentWithoutSecrets(env: Environment = process.env): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecretVariable(name)));
}
