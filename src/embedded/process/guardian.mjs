// Stands between the platform and one engine. The engine runs in a process group of its own, so Ctrl-C does not reach
// it before the platform has closed its connections; and it ends when this guardian's standard input closes, which the
// kernel does also after `kill -9` of the parent. Plain JavaScript: starting a loader here would double the start time.
import { spawn } from 'node:child_process';
import { openSync, renameSync, writeFileSync } from 'node:fs';
import { processStartToken } from './process-lock.mjs';

/**
 * {name, command, args, cwd, logFile, recordFile, uid?, gid?, stopSteps: [{signal, waitMs}]}. The engine inherits this
 * environment.
 */
const plan = JSON.parse(process.argv[2]);
let stopping = false;
const log = openSync(plan.logFile, 'a', 0o600);
const child = spawn(plan.command, plan.args, {
  cwd: plan.cwd,
  uid: plan.uid,
  gid: plan.gid,
  detached: true,
  stdio: ['ignore', log, log],
});

// The parent may be gone: a broken pipe is no reason to leave the engine alone.
process.stdout.on('error', () => {});
const report = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

child.on('error', (error) => {
  report({ error: error.message });
  process.exitCode = 127;
  process.stdin.destroy();
});
child.on('exit', (code, signal) => {
  report({ exit: { code, signal } });
  // What the engine's group left behind must not hold its port or its files.
  signalGroup('SIGKILL');
  process.exit(0);
});
if (child.pid !== undefined) {
  record();
  report({ pid: child.pid });
}

/**
 * At once and here, not in the parent: if both are killed in this moment, the next start must still find the engine.
 */
function record() {
  const entry = {
    name: plan.name,
    pid: child.pid,
    signal: plan.stopSteps[0].signal,
    startToken: processStartToken(child.pid),
  };
  try {
    writeFileSync(`${plan.recordFile}.new`, `${JSON.stringify(entry)}\n`);
    renameSync(`${plan.recordFile}.new`, plan.recordFile);
  } catch (error) {
    report({ error: `its pid could not be recorded (${error.message})` });
    stop();
  }
}

function signalGroup(signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is empty.
  }
}

function stop() {
  if (stopping || child.pid === undefined) return;
  stopping = true;
  let delayMs = 0;
  for (const step of plan.stopSteps) {
    setTimeout(() => child.kill(step.signal), delayMs);
    delayMs += step.waitMs;
  }
  setTimeout(() => signalGroup('SIGKILL'), delayMs);
}

process.stdin.on('end', stop);
process.stdin.on('close', stop);
process.stdin.on('error', stop);
process.stdin.resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
