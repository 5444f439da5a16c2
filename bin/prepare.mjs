// What has to happen before anything of ours can be imported: a fitting Node, and the dependencies of
// package-lock.json. Plain JavaScript without dependencies, and without syntax that an old Node cannot parse.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { waitForLock } from '../src/embedded/process/process-lock.mjs';

export const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const modulesDir = path.join(rootDir, 'node_modules');
const stampFile = path.join(modulesDir, '.perennial-stamp');
const stateDir = process.env.PERENNIAL_STATE_DIR
  ? path.resolve(process.env.PERENNIAL_STATE_DIR)
  : path.join(rootDir, '.perennial');
const installLimitMs = 15 * 60_000;

/** A failure that is told in one sentence, without a stack trace. */
export class PrepareError extends Error {}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new PrepareError(
    `Perennial needs Node 20.19 or later, and this is ${process.versions.node}: ` +
      `install a newer one from https://nodejs.org.`,
  );
}

/**
 * Installs the dependencies when they are missing or are not those of the lock file; otherwise costs a few
 * milliseconds.
 */
export async function prepare() {
  checkNode();
  if (isInstalled()) return;
  const lock = await waitForLock(lockFile(), installLimitMs, (pid, waitedMs) =>
    say(`waiting for process ${pid}, which is installing dependencies: ${seconds(waitedMs)}`),
  );
  if (lock === undefined)
    throw new PrepareError(
      `Another process has been installing dependencies for over ${installLimitMs / 60_000} minutes: ` +
        `end it and try again.`,
    );
  try {
    // Whoever held the lock may have done it.
    if (!isInstalled()) await install();
  } finally {
    lock.release();
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

const seconds = (ms) => `${Math.round(ms / 1_000)} s`;

/** Not inside node_modules, which `npm ci` removes. */
function lockFile() {
  mkdirOrExplain(stateDir);
  return path.join(stateDir, 'install.lock');
}

function mkdirOrExplain(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new PrepareError(
      `${folder} cannot be written (${error.code}): change its owner, or set PERENNIAL_STATE_DIR to another folder.`,
    );
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Digest of the lock file and of what native packages depend on. */
function wantedStamp(lockText) {
  return createHash('sha256').update(`${lockText}\n${process.platform}-${process.arch}`).digest('hex');
}

function isInstalled() {
  // As somebody's dependency it is installed by whoever depends on it.
  if (rootDir.split(path.sep).includes('node_modules')) return true;
  if (!existsSync(modulesDir)) return false;
  const lockText = readText(path.join(rootDir, 'package-lock.json'));
  if (lockText === undefined) return existsSync(path.join(modulesDir, '.package-lock.json'));
  const stamp = wantedStamp(lockText);
  if (readText(stampFile) === stamp) return true;
  if (!matchesLock(lockText)) return false;
  writeStamp(stamp);
  return true;
}

/**
 * True when somebody ran `npm ci` by hand: npm writes its own record into node_modules as its last step, so an
 * installation that was cut off has none.
 */
function matchesLock(lockText) {
  const recordText = readText(path.join(modulesDir, '.package-lock.json'));
  if (recordText === undefined) return false;
  try {
    const recorded = JSON.parse(recordText).packages;
    return Object.entries(JSON.parse(lockText).packages).every(([place, wanted]) => {
      if (place === '' || wanted.link || wanted.extraneous) return true;
      const found = recorded[place];
      // Packages for other machines are optional and absent.
      if (found === undefined) return wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
      return found.version === wanted.version && found.integrity === wanted.integrity;
    });
  } catch {
    return false;
  }
}

function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, stamp);
  } catch {
    // A read-only installation works as well; the record is compared again next time.
  }
}

async function install() {
  const lockText = readText(path.join(rootDir, 'package-lock.json'));
  const start = performance.now();
  say('installing dependencies with npm');
  const timer = setInterval(() => say(`installing dependencies: ${seconds(performance.now() - start)}`), 2_000);
  try {
    let result = await runNpm(lockText === undefined ? ['install'] : ['ci'], npmEnv());
    if (result.code !== 0 && /can only install packages when your package\.json and/.test(result.output)) {
      // Also when a registry does not carry the optional packages of every platform. Locked versions stay as they are.
      say('package-lock.json does not hold everything that package.json asks for; installing without changing it');
      result = await runNpm(['install', '--no-save'], npmEnv());
    }
    if (result.code !== 0) {
      for (const line of result.output.trim().split('\n').slice(-15)) say(`  ${line}`);
      const code = result.code === undefined ? '' : ` with code ${result.code}`;
      throw new PrepareError(
        `npm failed after ${seconds(performance.now() - start)}${code}: see its last lines above.`,
      );
    }
  } finally {
    clearInterval(timer);
  }
  say(`dependencies installed in ${seconds(performance.now() - start)}`);
  if (lockText !== undefined) writeStamp(wantedStamp(lockText));
}

/** The npm that started us, or the one beside this Node (sudo and service managers drop it from the PATH), or any. */
function npmCommand() {
  const started = process.env.npm_execpath;
  if (started !== undefined && /npm-cli\.c?js$/.test(started) && existsSync(started))
    return [process.execPath, started];
  const beside = path.resolve(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
}

function npmEnv() {
  // The GPU files that onnxruntime-node would fetch are not used, and fetching them fails without a network.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const cache = env.npm_config_cache ?? path.join(env.HOME || homedir(), '.npm');
  if (!canWrite(cache)) {
    const npmHome = path.join(stateDir, 'npm');
    mkdirOrExplain(npmHome);
    env.npm_config_cache = path.join(npmHome, 'cache');
    env.npm_config_userconfig = path.join(npmHome, 'npmrc');
    env.HOME = npmHome;
  }
  return env;
}

function canWrite(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function runNpm(args, env) {
  const [file, ...first] = npmCommand();
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--no-progress'];
  return new Promise((resolve) => {
    const child = spawn(file, [...first, ...args, ...quiet], { cwd: rootDir, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk) => (output = (output + chunk).slice(-16_384));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const kill = () => child.kill('SIGTERM');
    const timer = setTimeout(kill, installLimitMs);
    process.once('exit', kill);
    const finish = (code) => {
      clearTimeout(timer);
      process.removeListener('exit', kill);
      resolve({ code, output });
    };
    child.once('error', (error) => {
      output += error.code === 'ENOENT' ? 'There is no npm beside Node or on the PATH.' : error.message;
      finish(undefined);
    });
    child.once('close', (code) => finish(code ?? undefined));
  });
}

/** Prepares, or ends this process with one sentence. Ctrl-C meanwhile ends npm too. */
export async function prepareOrExit() {
  const interrupted = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, () => process.exit(130)]);
  for (const [signal, end] of interrupted) process.on(signal, end);
  try {
    await prepare();
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    say(`error: ${error.message}`);
    process.exit(1);
  } finally {
    for (const [signal, end] of interrupted) process.removeListener(signal, end);
  }
}
