import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { rootDir } from '../../src/config.ts';

const words = z.array(z.string());
const health = z.object({
  test: words,
  interval: z.string(),
  timeout: z.string(),
  retries: z.number(),
  start_period: z.string(),
});

const serviceSchema = z.looseObject({
  image: z.string(),
  user: z.string().optional(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  command: words.optional(),
  entrypoint: words.optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: words.default([]),
  volumes: words.default([]),
  secrets: words.default([]),
  tmpfs: words.default([]),
  profiles: words.default([]),
  networks: words.default([]),
  restart: z.string(),
  read_only: z.boolean(),
  pids_limit: z.number(),
  cap_drop: words,
  security_opt: words,
  stop_grace_period: z.string().optional(),
  healthcheck: health.optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  deploy: z.looseObject({ resources: z.looseObject({ limits: z.object({ memory: z.string() }) }) }),
});

const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.unknown()),
});

export type ComposeService = z.infer<typeof serviceSchema>;

export const composeFile = path.join(rootDir, 'docker-compose.yml');

/** The file as Compose reads it after merging, before variables are filled in. */
export function readComposeRaw(): unknown {
  return parse(readFileSync(composeFile, 'utf8'), { merge: true });
}

/** The services with every `${…}` filled in from `values`. Throws, as Compose does, where a required one is missing. */
export function readCompose(values: Readonly<Record<string, string>>): z.infer<typeof composeSchema> {
  return composeSchema.parse(filled(readComposeRaw(), values));
}

export function serviceOf(compose: z.infer<typeof composeSchema>, name: string): ComposeService {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

export interface Variable {
  readonly name: string;
  readonly kind: 'required' | 'default' | 'plain';
  readonly value: string;
}

const pattern = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:[-?])([^}]*))?\}/g;

/** Every variable that the file asks for, as often as it does. */
export function composeVariables(): readonly Variable[] {
  return [...readFileSync(composeFile, 'utf8').matchAll(pattern)].map(([, name = '', operator, value = '']) => ({
    name,
    kind: operator === ':?' ? 'required' : operator === ':-' ? 'default' : 'plain',
    value,
  }));
}

function filled(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolate(value, values);
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, values)]));
}

function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(pattern, (_, name: string, operator: string | undefined, rest: string | undefined) => {
    const value = values[name] ?? '';
    if (value !== '') return value;
    if (operator === ':?') throw new Error(`${name} is required: ${rest ?? ''}`);
    return operator === ':-' ? (rest ?? '') : '';
  });
}

export interface Instruction {
  readonly name: string;
  readonly args: string;
}

/** The instructions of a Dockerfile, continued lines joined and comments left out. */
export function readDockerfile(): readonly Instruction[] {
  const text = readFileSync(path.join(rootDir, 'Dockerfile'), 'utf8');
  const lines = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return space < 0 ? { name: line, args: '' } : { name: line.slice(0, space), args: line.slice(space + 1).trim() };
    });
}

/** What the last stage takes from the checkout: source and target, both relative. */
export function copiedFiles(): readonly { readonly from: string; readonly to: string }[] {
  const instructions = readDockerfile();
  const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  return lastStage
    .filter(({ name, args }) => name === 'COPY' && !args.startsWith('--from='))
    .flatMap(({ args }) => {
      const places = args.split(/\s+/);
      const to = places.at(-1) ?? '';
      return places
        .slice(0, -1)
        .map((from) => ({ from, to: places.length > 2 || to.endsWith('/') ? path.join(to, path.basename(from)) : to }));
    });
}
