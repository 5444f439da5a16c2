import { spawn, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/doctor/findings.ts';
import { rootDir } from '../../src/config.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { startLoopWorld, type LoopWorld } from '../worlds/loop-world.ts';
import { ownEngines } from '../worlds/own-engines.ts';
import { missingBrowser, titled } from '../worlds/tools.ts';
import { chromiumPath } from '../worlds/browser.ts';
import { until } from '../worlds/wait.ts';

/** The package as somebody else meets it: packed, installed into a project of their own, compiled, run, bundled. */
let folder: string;
let project: string;
let world: LoopWorld;
let bundle: string;
const shops: Server[] = [];

const bundleBytesMax = 15_000;
const examples = path.join(rootDir, 'examples', 'typed-client');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-package-'));
  project = path.join(folder, 'project');
  const packed = command(
    process.execPath,
    [path.join(rootDir, 'tools', 'build-sdk.mjs'), '--pack', folder],
    rootDir,
  ).trim();
  await mkdir(project);
  await writeFile(path.join(project, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  command('npm', ['install', packed, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], project);
  for (const name of ['orders.ts', 'ask.ts']) await copyFile(path.join(examples, name), path.join(project, name));
  await writeFile(
    path.join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2023', 'dom'],
        types: ['node'],
        outDir: 'out',
        noEmitOnError: true,
      },
      include: ['*.ts'],
    }),
  );
  // Types of Node come from our own development dependencies; the package under test brings none.
  await mkdir(path.join(project, 'node_modules', '@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types'])
    await symlink(path.join(rootDir, 'node_modules', name), path.join(project, 'node_modules', name));
  bundle = path.join(folder, 'client.js');
});

afterAll(async () => {
  for (const shop of shops) shop.close();
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

function command(file: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(file, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  if (result.status !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${result.error?.message ?? ''}${result.stdout}${result.stderr}`);
  return result.stdout;
}

function compile(): { readonly status: number | null; readonly text: string } {
  const result = spawnSync(process.execPath, [path.join(rootDir, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
    cwd: project,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: result.status, text: result.stdout };
}

describe('the tarball', () => {
  test('brings JavaScript, types and nothing else, and no dependency', async () => {
    const installed = path.join(project, 'node_modules', 'perennial');
    const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as Readonly<
      Record<string, unknown>
    >;
    expect(Object.keys(manifest)).not.toContain('dependencies');
    const files = command('tar', ['tf', path.join(folder, `perennial-${String(manifest['version'])}.tgz`)], folder)
      .trim()
      .split('\n');
    expect(
      files.filter(
        (file) =>
          !/^package\/(package\.json|README\.md|(sdk|domain|statistics)\/([a-z-]+\/)*[a-z-]+(\.d\.ts|\.js))$/.test(
            file,
          ),
      ),
    ).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(['package/sdk/client.js', 'package/sdk/client.d.ts', 'package/sdk/index.js']),
    );
  });

  test('the package of the repository holds no tests, fixtures, state or secrets', () => {
    const [packed] = JSON.parse(
      command('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], rootDir),
    ) as readonly { readonly files: readonly { readonly path: string }[] }[];
    const files = packed?.files.map((file) => file.path) ?? [];
    expect(files).toContain('package.json');
    expect(
      files.filter((file) =>
        /\.test\.|^tests\/|^bench\/|fixtures|\.perennial|token(s)?\.json|\.env|\.npmrc|\.ci\//.test(file),
      ),
    ).toEqual([]);
  });
});

describe('a project of somebody else', () => {
  test('compiles the example, and refuses what the definition forbids', async () => {
    expect(compile()).toEqual({ status: 0, text: '' });
    const wrong = path.join(project, 'wrong.ts');
    await writeFile(
      wrong,
      [
        "import { connect } from 'perennial/client';",
        "import { orders } from './orders.js';",
        "const ml = connect({ url: 'http://a', token: 't', models: { orders } });",
        "await ml.orders.predict({ basket: 1, items: 1, country: 'SE' });",
        "await ml.orders.predict({ basket: 1, country: 'DE' });",
        'await ml.orders.predict({ basket: 1, items: 1, country: 7 });',
        "await ml.orders.label('id', 'perhaps');",
      ].join('\n'),
    );
    const { status, text } = compile();
    await rm(wrong);
    expect(status).not.toBe(0);
    expect([...text.matchAll(/^wrong\.ts\((\d+)/gm)].map(([, line]) => Number(line))).toEqual([4, 5, 6, 7]);
  });

  test('is small in a bundle for browsers, and holds no server code', async () => {
    const result = await build({
      stdin: { contents: "export * from 'perennial/client';", resolveDir: project },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      outfile: bundle,
      metafile: true,
      logLevel: 'silent',
    });
    const inputs = Object.keys(result.metafile.inputs).filter((file) => file !== '<stdin>');
    expect(inputs.length).toBeGreaterThan(5);
    // The client, and the few words of the domain that it says, closed sets among them; no definitions, no server.
    const isOurs =
      /node_modules\/perennial\/(sdk\/client(\/[a-z-]+)?|domain\/((words|record)\/[a-z-]+|spec\/closed-sets))\.js$/;
    expect(inputs.filter((file) => !isOurs.test(file))).toEqual([]);
    expect(Object.values(result.metafile.outputs)[0]?.bytes).toBeLessThan(bundleBytesMax);
  });
});

describe('against a running Perennial', () => {
  let allowed: string;
  let stranger: string;

  beforeAll(async () => {
    [allowed, stranger] = [await openShop(), await openShop()];
    process.env['PERENNIAL_ALLOWED_ORIGINS'] = allowed;
    // A doctor looks for the Postgres of this folder.
    world = await startLoopWorld([folder], { hasOwnPostgres: true });
    delete process.env['PERENNIAL_ALLOWED_ORIGINS'];
    expect(compile().status).toBe(0);
    const { orders } = (await import(pathToFileURL(path.join(project, 'out', 'orders.js')).href)) as {
      readonly orders: ModelSpec;
    };
    const file = path.join(folder, 'orders.csv');
    await writeFile(file, ordersTable());
    await world.apply({ ...orders, source: { kind: 'file', path: file, format: 'csv' } });
    await until('orders has a champion', async () => (await world.settled('orders')).championVersion === 1).catch(
      async (error: unknown) => {
        throw new Error(JSON.stringify((await world.history('orders')).runs), { cause: error });
      },
    );
    await until('orders is served', async () => (await predictByHand()) === 200);
  });

  const predictByHand = async (): Promise<number> => {
    const body = JSON.stringify({ rows: [{ basket: 1, items: 1, country: 'DE' }] });
    const response = await fetch(`${world.stack.inferenceUrl}/v1/models/orders/predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.stack.tokens.predictor}`, 'content-type': 'application/json' },
      body,
    });
    await response.arrayBuffer();
    return response.status;
  };

  test('the example runs from the installed package', async () => {
    const { inferenceUrl, controlUrl, tokens } = world.stack;
    const output = await run(process.execPath, [
      path.join(project, 'out', 'ask.js'),
      inferenceUrl,
      controlUrl,
      tokens.admin,
    ]);
    const lines = output.trim().split('\n');
    expect(lines[0]).toMatch(/^(yes|no) \(0\.\d\d\) by version 1$/);
    expect(lines[1]).toBe('batch: no yes');
    expect(lines).toEqual(
      expect.arrayContaining(['train/orders/2: running', 'train/orders/2: completed', '2>1 1>2 none>1']),
    );
    expect(lines.at(-1)).toMatch(/^version_not_found 404: .* 99/);
    const stored = await until('the prediction and its label are stored', async () => {
      const view = await world.settled('orders');
      return view.labels >= 1 ? view : undefined;
    });
    expect(stored.labels).toBe(1);
  });

  /** The command line in the folder of this world. */
  const perennial = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse(
      await run(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), ...args, '--json'], {
        PERENNIAL_STATE_DIR: world.stack.config.stateDir,
      }),
    );

  test('doctor finds everything well, and tells which definition differs from what runs', async () => {
    const { fraud } = await import('../../models/fraud.ts');
    await world.apply({ ...fraud, about: { ...fraud.about, owner: 'somebody else' } });
    const { failed, findings } = (await perennial('doctor')) as {
      readonly failed: number;
      readonly findings: readonly Finding[];
    };
    expect({ failed, wrong: findings.filter(({ state }) => state === 'fail') }).toEqual({ failed: 0, wrong: [] });
    const ok = findings.filter(({ state }) => state === 'ok').map(({ name }) => name);
    expect(ok).toEqual(
      expect.arrayContaining([
        'control',
        'inference',
        'postgres',
        'migrations',
        'audit role',
        'clock of postgres',
        'temporal',
        'namespace',
        'clock of temporal',
        'spool',
        'token',
      ]),
    );
    expect(findings.find(({ name }) => name === 'models/fraud.ts')).toMatchObject({
      state: 'warn',
      says: expect.stringContaining('about.owner: "somebody else" -> ') as string,
      fix: expect.stringContaining('perennial apply models/fraud.ts') as string,
    });
  });

  test('open gives a link that leads to the sign-in of this browser, and on to the model', async () => {
    const { url, opened } = (await perennial('open', 'orders', '--print')) as {
      readonly url: string;
      readonly opened: boolean;
    };
    expect({ opened, next: new URL(url).searchParams.get('next') }).toEqual({ opened: false, next: '/models/orders' });
    expect(url).not.toContain(world.stack.tokens.admin);
    expect((await fetch(url)).status).toBe(200);
  });

  test.skipIf(missingBrowser !== null)(
    titled('a page of an allowed origin predicts; a page of another one is refused by the browser', missingBrowser),
    async () => {
      const browser = await chromium.launch({
        executablePath: chromiumPath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
      try {
        expect(await predictFrom(browser, allowed)).toMatchObject({
          arm: 'champion',
          label: 'yes',
          refusal: 'forbidden',
        });
        expect(await predictFrom(browser, stranger)).toMatchObject({
          code: 'unreachable',
          hint: expect.stringContaining('PERENNIAL_ALLOWED_ORIGINS') as string,
        });
      } finally {
        await browser.close();
      }
    },
  );

  /** What the bundle answers in a page of that origin: a prediction, or the error. */
  async function predictFrom(browser: Browser, origin: string): Promise<unknown> {
    const page = await browser.newPage();
    try {
      await page.goto(origin);
      const { inferenceUrl, controlUrl, tokens } = world.stack;
      return await page.evaluate(
        `(${inPage})(${JSON.stringify({ inferenceUrl, controlUrl, token: tokens.predictor })})`,
      );
    } finally {
      await page.close();
    }
  }
});

/**
 * Runs in the page. As text: the test runner rewrites imports of functions. The other port's refusal must be readable
 * too.
 */
const inPage = `async ({ inferenceUrl, controlUrl, token }) => {
  const { connect } = await import('/client.js');
  const models = { orders: { name: 'orders' } };
  const ml = connect({ inferenceUrl, controlUrl, token, models, repetition: { attemptsMax: 1 } });
  try {
    const answer = await ml.orders.predict({ basket: 199, items: 1, country: 'DE' });
    const refusal = await ml.orders.status().then(() => 'none', (error) => error.code);
    return { ...answer, refusal };
  } catch (error) {
    return { ...error };
  }
}`;

/** A web server of an origin of its own, with an empty page and the bundle. */
async function openShop(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== '/client.js')
      return void response.setHeader('content-type', 'text/html').end('<!doctype html><title>shop</title>');
    void readFile(bundle).then((text) => response.setHeader('content-type', 'text/javascript').end(text));
  });
  shops.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { ...ownEngines(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`exit ${String(code)}: ${output}${errors}`)),
    );
  });
}

/** 2,000 orders: large baskets of few items come back. */
function ordersTable(): string {
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const lines = Array.from({ length: 2_000 }, (_, row) => {
    const basket = 5 + 195 * random();
    const items = 1 + Math.floor(8 * random());
    const country = ['DE', 'FR', 'NL'][Math.floor(3 * random())] ?? 'DE';
    const share = 1 / (1 + Math.exp(-(basket / 40 - items / 2 - (country === 'DE' ? 0.3 : 1.5))));
    return [
      basket.toFixed(2),
      items,
      country,
      row % 3 === 0 ? '' : row % 2,
      `c-${row % 300}`,
      random() < share ? 'yes' : 'no',
    ].join(',');
  });
  return `basket,items,country,express,customer,returned\n${lines.join('\n')}\n`;
}
