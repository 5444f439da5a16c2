import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PerennialError } from './domain/words/errors.ts';
import type { PlatformCosts } from './domain/record/portfolio.ts';

/** One documented setting. `fallback` is the text that docs show; an empty one means "not set". */
export interface SettingRow {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Every variable that the platform itself reads; `docs/` is checked against this table. */
export const settingRows = [
  { name: 'DATABASE_URL', fallback: '', meaning: 'Postgres to use; without it an embedded one is started.' },
  {
    name: 'TEMPORAL_ADDRESS',
    fallback: '',
    meaning: 'Temporal to use; without it (and without a profile) an embedded one is started.',
  },
  { name: 'TEMPORAL_NAMESPACE', fallback: 'perennial', meaning: 'Namespace that this installation claims for itself.' },
  {
    name: 'TEMPORAL_PROFILE',
    fallback: '',
    meaning: 'Profile of the Temporal configuration file; read by @temporalio/envconfig.',
  },
  {
    name: 'TEMPORAL_CONFIG_FILE',
    fallback: '',
    meaning: 'Temporal configuration file; read by @temporalio/envconfig.',
  },
  { name: 'TEMPORAL_CLI', fallback: '', meaning: 'Path of the `temporal` binary for the embedded server.' },
  {
    name: 'PERENNIAL_STATE_DIR',
    fallback: '.perennial',
    meaning: 'Folder of the embedded engines, logs, token and lock.',
  },
  {
    name: 'PERENNIAL_ARTIFACT_DIR',
    fallback: '<state>/artifacts',
    meaning: 'Folder of the content-addressed artifact store.',
  },
  {
    name: 'PERENNIAL_SPOOL_DIR',
    fallback: '<state>/spool',
    meaning: 'Folder where inference writes predictions before Postgres has them.',
  },
  { name: 'PERENNIAL_HOST', fallback: '127.0.0.1', meaning: 'Address that inference and control listen on.' },
  { name: 'PERENNIAL_INFERENCE_PORT', fallback: '8080', meaning: 'Port of the inference server.' },
  { name: 'PERENNIAL_CONTROL_PORT', fallback: '8081', meaning: 'Port of the control API and pages.' },
  {
    name: 'PERENNIAL_TEMPORAL_PORT',
    fallback: '7233',
    meaning: 'Port of the embedded Temporal server (the next free one if taken).',
  },
  {
    name: 'PERENNIAL_TEMPORAL_UI_PORT',
    fallback: '8233',
    meaning: 'Port of the embedded Temporal Web UI (the next free one if taken).',
  },
  {
    name: 'PERENNIAL_POSTGRES_PORT',
    fallback: '54329',
    meaning: 'Port of the embedded Postgres (the next free one if taken).',
  },
  { name: 'PERENNIAL_INFERENCE_PROCESSES', fallback: '1', meaning: 'Inference processes that share the port.' },
  {
    name: 'PERENNIAL_FLUSH_MS',
    fallback: '100',
    meaning: 'Longest time a served prediction may wait before the spool file has it, milliseconds.',
  },
  { name: 'PERENNIAL_LOG_LEVEL', fallback: 'info', meaning: 'trace, debug, info, warn, error, fatal or silent.' },
  {
    name: 'PERENNIAL_INFERENCE_URL',
    fallback: '',
    meaning: 'Where clients find inference; default from host and port.',
  },
  {
    name: 'PERENNIAL_CONTROL_URL',
    fallback: '',
    meaning: 'Where clients find the control API; default from host and port.',
  },
  {
    name: 'PERENNIAL_TEMPORAL_UI_URL',
    fallback: '',
    meaning: 'Where links to runs point; default from the embedded Web UI.',
  },
  {
    name: 'PERENNIAL_ALLOWED_ORIGINS',
    fallback: '',
    meaning:
      'Comma-separated origins (https://shop.example) whose web pages may call inference and control; none when empty.',
  },
  {
    name: 'PERENNIAL_METRICS_PUBLIC',
    fallback: 'false',
    meaning: '`true` answers GET /metrics without a token; otherwise it takes one that may read all models.',
  },
  {
    name: 'PERENNIAL_WORKER_METRICS_PORT',
    fallback: '',
    meaning: 'Port on which a worker answers GET /metrics and /health/live; without it, it does not.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    fallback: '',
    meaning:
      'OpenTelemetry collector (OTLP over HTTP, such as http://127.0.0.1:4318) that gets traces of predictions and ' +
      'commands; without it there are none.',
  },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', fallback: '', meaning: 'Headers for that collector; read by OpenTelemetry.' },
  { name: 'OTEL_SERVICE_NAME', fallback: 'perennial-<process>', meaning: 'Name of this service in traces.' },
  {
    name: 'OTEL_TRACES_SAMPLER',
    fallback: 'parentbased_always_on',
    meaning: 'Which requests are traced; read by OpenTelemetry.',
  },
  {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    fallback: '',
    meaning: 'Share of requests for a sampler that takes one; read by OpenTelemetry.',
  },
  { name: 'PERENNIAL_TOKEN', fallback: '', meaning: 'Bearer token that the CLI sends.' },
  {
    name: 'PERENNIAL_TOKEN_FILE',
    fallback: '<state>/token',
    meaning: 'File with that token (mode 0600) when PERENNIAL_TOKEN is not set.',
  },
  {
    name: 'PERENNIAL_WEBHOOK_SECRET',
    fallback: '',
    meaning: 'Key that signs webhooks (HMAC-SHA-256); without it none is sent.',
  },
  {
    name: 'PERENNIAL_WEBHOOK_PRIVATE_HOSTS',
    fallback: '',
    meaning: 'Comma-separated host:port that webhooks may reach although they are private addresses.',
  },
  {
    name: 'PERENNIAL_FAILURES_PER_MINUTE',
    fallback: '30',
    meaning: 'Wrong tokens that one client address may send in a minute before it is answered 429.',
  },
  {
    name: 'PERENNIAL_COST_PER_TRAINING_HOUR',
    fallback: '',
    meaning: 'What an hour of training costs, for the portfolio; without it only hours are shown.',
  },
  {
    name: 'PERENNIAL_COST_PER_SERVING_HOUR',
    fallback: '',
    meaning: 'What it costs to keep one model served for an hour, for the portfolio.',
  },
  {
    name: 'PERENNIAL_COST_CURRENCY',
    fallback: '',
    meaning: 'Currency of these costs, three capital letters such as EUR; without it no cost is shown.',
  },
  { name: 'XDG_CACHE_HOME', fallback: '~/.cache', meaning: 'Folder under which the Temporal CLI is cached per user.' },
] as const satisfies readonly SettingRow[];

export type SettingName = (typeof settingRows)[number]['name'];

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The settings of one process, all paths absolute. */
export interface Config {
  readonly databaseUrl: string | undefined;
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  /** True when the environment points to a Temporal of its own (address, profile or file): none is started then. */
  readonly temporalConfigured: boolean;
  readonly temporalCliPath: string | undefined;
  readonly rootDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  readonly artifactDir: string;
  readonly spoolDir: string;
  readonly cacheDir: string;
  readonly host: string;
  readonly inferencePort: number;
  readonly controlPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly postgresPort: number;
  readonly inferenceProcessCount: number;
  readonly flushMs: number;
  readonly logLevel: LogLevel;
  readonly inferenceUrl: string;
  readonly controlUrl: string;
  readonly temporalUiUrl: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly metricsPublic: boolean;
  readonly workerMetricsPort: number | undefined;
  readonly otlpEndpoint: string | undefined;
  readonly serviceName: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string;
  readonly webhookSecret: string | undefined;
  readonly webhookPrivateHosts: readonly string[];
  readonly failuresPerMinute: number;
  readonly costs: PlatformCosts;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder that holds package.json: default paths do not depend on where a command was started. */
export const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const text = z.string().optional();

function integer(fallback: number, min: number, max: number): z.ZodType<number, string | undefined> {
  const message = `must be an integer from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .default(String(fallback))
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

const port = (fallback: number) => integer(fallback, 1, 65_535);

function url(protocols: readonly string[]): z.ZodType<string | undefined, string | undefined> {
  const message = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), message)
    .optional();
}

const httpUrl = url(['http:', 'https:']);

const amount = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be an amount such as 0.35')
  .transform(Number)
  .optional();

const schema = z.object({
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  TEMPORAL_ADDRESS: text,
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9._-]{2,63}$/, 'must be 2 to 63 letters, digits, dots, dashes or underscores')
    .default('perennial'),
  TEMPORAL_PROFILE: text,
  TEMPORAL_CONFIG_FILE: text,
  TEMPORAL_CLI: text,
  PERENNIAL_STATE_DIR: text,
  PERENNIAL_ARTIFACT_DIR: text,
  PERENNIAL_SPOOL_DIR: text,
  PERENNIAL_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an IP address')
    .default('127.0.0.1'),
  PERENNIAL_INFERENCE_PORT: port(8080),
  PERENNIAL_CONTROL_PORT: port(8081),
  PERENNIAL_TEMPORAL_PORT: port(7233),
  PERENNIAL_TEMPORAL_UI_PORT: port(8233),
  PERENNIAL_POSTGRES_PORT: port(54_329),
  PERENNIAL_INFERENCE_PROCESSES: integer(1, 1, 256),
  PERENNIAL_FLUSH_MS: integer(100, 1, 60_000),
  PERENNIAL_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  PERENNIAL_INFERENCE_URL: httpUrl,
  PERENNIAL_CONTROL_URL: httpUrl,
  PERENNIAL_TEMPORAL_UI_URL: httpUrl,
  PERENNIAL_ALLOWED_ORIGINS: z
    .string()
    .refine(
      (value) => listOf(value).every(isOrigin),
      'must be a comma-separated list of origins such as https://shop.example, without paths',
    )
    .optional(),
  PERENNIAL_METRICS_PUBLIC: z.enum(['true', 'false'], 'must be true or false').default('false'),
  PERENNIAL_WORKER_METRICS_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port')
    .transform(Number)
    .refine((value) => value <= 65_535, 'must be a port')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl,
  OTEL_EXPORTER_OTLP_HEADERS: text,
  OTEL_SERVICE_NAME: text,
  OTEL_TRACES_SAMPLER: text,
  OTEL_TRACES_SAMPLER_ARG: text,
  PERENNIAL_TOKEN: text,
  PERENNIAL_TOKEN_FILE: text,
  PERENNIAL_WEBHOOK_SECRET: text,
  PERENNIAL_FAILURES_PER_MINUTE: integer(30, 1, 1_000_000),
  PERENNIAL_WEBHOOK_PRIVATE_HOSTS: text,
  PERENNIAL_COST_PER_TRAINING_HOUR: amount,
  PERENNIAL_COST_PER_SERVING_HOUR: amount,
  PERENNIAL_COST_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters, such as EUR')
    .optional(),
  XDG_CACHE_HOME: text,
} satisfies Record<SettingName, z.ZodType>);

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
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'environment');
    throw new PerennialError('configuration', `${name} ${issue?.message ?? 'is not valid'}.`, { path: name });
  }
  return Object.freeze(derive(parsed.data, env));
}

/** The settings of this process with some of them replaced, as a child would be given them. */
export function readConfigWith(change: Environment): Config {
  return readConfig({ ...process.env, ...change });
}

function derive(values: z.infer<typeof schema>, env: Environment): Config {
  const stateDir =
    values.PERENNIAL_STATE_DIR === undefined
      ? path.join(rootDir, '.perennial')
      : path.resolve(values.PERENNIAL_STATE_DIR);
  const inside = (given: string | undefined, name: string) =>
    given === undefined ? path.join(stateDir, name) : path.resolve(given);
  const clientHost = hostForClients(values.PERENNIAL_HOST);
  const cacheHome = values.XDG_CACHE_HOME ?? path.join(env['HOME'] || homedir(), '.cache');
  return {
    databaseUrl: values.DATABASE_URL,
    temporalAddress: values.TEMPORAL_ADDRESS,
    temporalNamespace: values.TEMPORAL_NAMESPACE,
    temporalConfigured: [values.TEMPORAL_ADDRESS, values.TEMPORAL_PROFILE, values.TEMPORAL_CONFIG_FILE].some(
      (value) => value !== undefined,
    ),
    temporalCliPath: values.TEMPORAL_CLI,
    rootDir,
    stateDir,
    logDir: path.join(stateDir, 'logs'),
    artifactDir: inside(values.PERENNIAL_ARTIFACT_DIR, 'artifacts'),
    spoolDir: inside(values.PERENNIAL_SPOOL_DIR, 'spool'),
    cacheDir: path.join(cacheHome, 'perennial'),
    host: values.PERENNIAL_HOST,
    inferencePort: values.PERENNIAL_INFERENCE_PORT,
    controlPort: values.PERENNIAL_CONTROL_PORT,
    temporalPort: values.PERENNIAL_TEMPORAL_PORT,
    temporalUiPort: values.PERENNIAL_TEMPORAL_UI_PORT,
    postgresPort: values.PERENNIAL_POSTGRES_PORT,
    inferenceProcessCount: values.PERENNIAL_INFERENCE_PROCESSES,
    flushMs: values.PERENNIAL_FLUSH_MS,
    logLevel: values.PERENNIAL_LOG_LEVEL,
    inferenceUrl: values.PERENNIAL_INFERENCE_URL ?? `http://${clientHost}:${values.PERENNIAL_INFERENCE_PORT}`,
    controlUrl: values.PERENNIAL_CONTROL_URL ?? `http://${clientHost}:${values.PERENNIAL_CONTROL_PORT}`,
    temporalUiUrl: values.PERENNIAL_TEMPORAL_UI_URL,
    allowedOrigins: listOf(values.PERENNIAL_ALLOWED_ORIGINS),
    metricsPublic: values.PERENNIAL_METRICS_PUBLIC === 'true',
    workerMetricsPort: values.PERENNIAL_WORKER_METRICS_PORT,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    serviceName: values.OTEL_SERVICE_NAME,
    token: values.PERENNIAL_TOKEN,
    tokenFile: inside(values.PERENNIAL_TOKEN_FILE, 'token'),
    webhookSecret: values.PERENNIAL_WEBHOOK_SECRET,
    failuresPerMinute: values.PERENNIAL_FAILURES_PER_MINUTE,
    webhookPrivateHosts: (values.PERENNIAL_WEBHOOK_PRIVATE_HOSTS ?? '')
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
    costs: {
      currency: values.PERENNIAL_COST_CURRENCY ?? null,
      perTrainingHour: values.PERENNIAL_COST_PER_TRAINING_HOUR ?? null,
      perServingHour: values.PERENNIAL_COST_PER_SERVING_HOUR ?? null,
    },
  };
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Exactly as a browser sends it: a path or a slash at the end would never match. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

/** A wildcard address is for listening only; IPv6 needs brackets in a URL. */
function hostForClients(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
