import process from 'node:process';
import { expect, test, vi } from 'vitest';
import { askPython, howToInstall, type PythonAsk } from './ask-python.ts';

/** Node in the place of Python: what is asked is how a program is run, and not what it computes. */
function ask(script: string, changes: Partial<PythonAsk> = {}): ReturnType<typeof askPython> {
  const idle: PythonAsk = {
    python: process.execPath,
    args: ['-e', script],
    limitMs: 60_000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  };
  return askPython({ ...idle, ...changes });
}

const result = { trainings: 3, cpuSeconds: 0.5, library: 'lightgbm 4' };

test('progress and result are read among lines of libraries', async () => {
  const seen: number[] = [];
  const lines = ['[LightGBM] [Warning] x', '{"done":7,"of":9}', '{"done":"many"}', '{', JSON.stringify({ result })];
  const script = `console.log(${JSON.stringify(lines.join('\n'))})`;
  expect(await ask(script, { onProgress: (done) => seen.push(done) })).toEqual(result);
  expect(seen).toEqual([7]);
});

test('what it could not do is a short sentence of ours', async () => {
  expect(await ask(`console.log('{"missing":"river"}')`, {})).toEqual({
    missing: `${process.execPath} has no river; ${howToInstall}`,
  });
  expect(await ask('', { python: '/nowhere/python3' })).toEqual({ missing: '/nowhere/python3 could not be started' });
  expect(await ask(`console.error('Traceback'); process.exit(1)`)).toEqual({
    missing: `${process.execPath} ended without an answer`,
  });
  expect(await ask('')).toEqual({ missing: `${process.execPath} ended without an answer` });
});

test('a result of a program that failed afterwards is none', async () => {
  const script = `console.log(${JSON.stringify(JSON.stringify({ result }))}); process.exitCode = 1`;
  expect(await ask(script)).toEqual({ missing: `${process.execPath} ended without an answer` });
});

const forever = 'setInterval(() => undefined, 1_000)';

test('it is killed at its limit, and that is said', async () => {
  expect(await ask(forever, { limitMs: 300 })).toEqual({ missing: 'it was not done within 0.005 minutes' });
});

test('it is killed with whoever asked', async () => {
  const controller = new AbortController();
  const told = ask(`console.log('{"done":1}'); ${forever}`, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect(await told).toEqual({ missing: 'it was interrupted' });
  expect(await ask(forever, { signal: controller.signal })).toEqual({ missing: 'it was interrupted' });
});

test('it gets no secrets', async () => {
  vi.stubEnv('PERENNIAL_SECRET_WAREHOUSE', 'hush');
  vi.stubEnv('DATABASE_URL', 'postgres://me:hush@db/perennial');
  try {
    const said = `/hush/.test(JSON.stringify(process.env)) ? 'told' : 'quiet'`;
    const script = `console.log(JSON.stringify({ missing: ${said} }))`;
    expect(await ask(script)).toEqual({ missing: `${process.execPath} has no quiet; ${howToInstall}` });
  } finally {
    vi.unstubAllEnvs();
  }
});
