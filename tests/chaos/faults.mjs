// Loaded before the code of a process (`node --import`), in chaos alone. It happens, and its caller is told that it
// failed: activities, writes to Postgres, starts and words to workflows. Writes to the disk find it full for a moment,
// and the clock of every process is another one. What PERENNIAL_FAULTS says:
// {"seed": 7, "share": 0.02, "clockMs": 60000, "tally": FOLDER}; there each kind of fault adds a byte to its own file.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';

const kind = /main-(worker|control|inference)/.exec(process.argv[1] ?? '')?.[1];
const wanted = process.env.PERENNIAL_FAULTS;

if (kind !== undefined && wanted !== undefined) {
  const { seed, share, clockMs, tally } = JSON.parse(wanted);
  const next = sequence(`${seed}/${kind}/${process.pid}`);
  const { appendFileSync } = fs;
  const isDue = (what, times = 1) => {
    if (next() >= share * times) return false;
    appendFileSync(`${tally}/${what}`, '.');
    return true;
  };
  shiftClock(Math.round((next() * 2 - 1) * clockMs));
  breakDisk(isDue);
  await breakPostgres(isDue);
  await breakTemporal(isDue);
}

/** Numbers in [0, 1) that follow from the text alone. */
function sequence(text) {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shiftClock(offsetMs) {
  const Real = Date;
  const now = () => Real.now() + offsetMs;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }

    static now() {
      return now();
    }
  };
}

/** A full disk refuses what is written, whole: for opened files, and for those that are written at once. */
function breakDisk(isDue) {
  const full = (path) =>
    Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC' });
  const { open, writeFile, appendFile } = fs.promises;
  const refusing = (write) =>
    async function (path, ...rest) {
      if (isDue('disk')) throw full(path);
      return write.call(this, path, ...rest);
    };
  fs.promises.writeFile = refusing(writeFile);
  fs.promises.appendFile = refusing(appendFile);
  fs.promises.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    const { write } = handle;
    handle.write = async (...given) => {
      if (isDue('disk')) throw full(path);
      return write.apply(handle, given);
    };
    return handle;
  };
  syncBuiltinESMExports();
}

/** The answer to a write outside of a transaction, and to a commit, is lost together with the connection. */
async function breakPostgres(isDue) {
  const { default: pg } = await import('pg');
  const { query } = pg.Client.prototype;
  const isWrite = (text) => /^\s*(commit|insert|update|delete|with)\b/i.test(text);
  pg.Client.prototype.query = function (...given) {
    const text = typeof given[0] === 'string' ? given[0] : given[0]?.text;
    const inTransaction = this.chaosTransaction === true;
    if (typeof text === 'string') {
      if (/^\s*begin\b/i.test(text)) this.chaosTransaction = true;
      if (/^\s*(commit|rollback)\s*;?\s*$/i.test(text)) this.chaosTransaction = false;
    }
    const isLost =
      typeof text === 'string' &&
      isWrite(text) &&
      (!inTransaction || /^\s*commit/i.test(text)) &&
      isDue('postgres', 0.5);
    if (!isLost) return query.apply(this, given);
    const lost = () => {
      this.connection.stream.destroy();
      return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    };
    const heard = given.at(-1);
    if (typeof heard === 'function') {
      const told = (error) => heard(error ?? lost());
      return query.apply(this, [...given.slice(0, -1), told]);
    }
    return query.apply(this, given).then(() => Promise.reject(lost()));
  };
}

async function breakTemporal(isDue) {
  const { ServiceError, WorkflowClient } = await import('@temporalio/client');
  const lost = () =>
    new ServiceError('it happened, and its answer was lost', { cause: { code: 14, details: 'chaos' } });
  for (const method of ['start', 'signalWithStart']) {
    const real = WorkflowClient.prototype[method];
    WorkflowClient.prototype[method] = async function (...given) {
      const answer = await real.apply(this, given);
      if (isDue('temporal', 3)) throw lost();
      return answer;
    };
  }
  const { getHandle } = WorkflowClient.prototype;
  WorkflowClient.prototype.getHandle = function (...given) {
    const handle = getHandle.apply(this, given);
    for (const method of ['executeUpdate', 'signal']) {
      const real = handle[method];
      handle[method] = async (...words) => {
        const answer = await real.apply(handle, words);
        if (isDue('temporal', 3)) throw lost();
        return answer;
      };
    }
    return handle;
  };
  if (kind !== 'worker') return;
  const { Worker } = await import('@temporalio/worker');
  const { ApplicationFailure } = await import('@temporalio/activity');
  const create = Worker.create.bind(Worker);
  const afterwards = () => ({
    inbound: {
      async execute(input, done) {
        const answer = await done(input);
        if (isDue('activity', 5)) throw ApplicationFailure.retryable('it happened, and its answer was lost');
        return answer;
      },
    },
  });
  Worker.create = (options) =>
    create({
      ...options,
      interceptors: { ...options.interceptors, activity: [...(options.interceptors?.activity ?? []), afterwards] },
    });
}
