import { homedir } from 'node:os';
import path from 'node:path';
import type { PlatformCosts } from '../domain/record/portfolio.ts';
import { stateFolderName } from '../domain/words/state-folder.ts';
import type { LogLevel } from './log-levels.ts';
import { listOf } from './setting-readers.ts';
import { readSecretScopes, type SecretScope } from './secret-scopes.ts';
import type { SettingValues } from './settings-schema.ts';
import { readSourceRoots, type SourceRoot } from './source-roots.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A bucket that holds artifacts, and how much of it may be copied to this disk. */
export interface ArtifactBucket {
  readonly url: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly cacheBytesMax: number;
}

/** The settings of one process, all paths absolute. */
export interface Config {
  readonly databaseUrl: string | undefined;
  /** The login that owns the tables; undefined where that is the one of `databaseUrl`. */
  readonly ownerDatabaseUrl: string | undefined;
  /** The login of pages; undefined where they use that of `databaseUrl`. */
  readonly readDatabaseUrl: string | undefined;
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  /** True when the environment points to a Temporal of its own (address, profile or file): none is started then. */
  readonly isTemporalConfigured: boolean;
  readonly temporalCliPath: string | undefined;
  /** The program, or its path. */
  readonly python: string;
  readonly rootDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  /** Folder of the artifact store; where that is a bucket, of what of it lies on this disk. */
  readonly artifactDir: string;
  /** Where the artifact store is, for messages: a folder, or `s3://bucket/prefix`. */
  readonly artifacts: string;
  /** Null where the artifact store is a folder. */
  readonly artifactBucket: ArtifactBucket | null;
  readonly spoolDir: string;
  readonly trainDir: string;
  /** Below it lies all code that definitions may run as a trainer; undefined: nothing is run. */
  readonly trainersDir: string | undefined;
  readonly cacheDir: string;
  /** What definitions may name as their source; empty where nothing was declared. */
  readonly sourceRoots: readonly SourceRoot[];
  /** Holds secrets: they are read when they are needed, and stand in no setting. */
  readonly secretsDir: string | undefined;
  /** Which models may name which secrets; null where all may name all. */
  readonly secretScopes: readonly SecretScope[] | null;
  readonly sourcePrivateHosts: readonly string[];
  readonly host: string;
  readonly inferencePort: number;
  readonly controlPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly postgresPort: number;
  readonly inferenceProcessCount: number;
  readonly watchShards: number;
  /** How often a shard in which windows close all the time is judged. */
  readonly watchTickMs: number;
  readonly flushMs: number;
  /** Of pushed rows that wait for Postgres. */
  readonly pushSpoolBytes: number;
  /** Of rows with values of views, the share that is computed anew. */
  readonly skewShare: number;
  /** For how long a step of a workflow that fails for a reason of its own is tried again. */
  readonly patienceMs: number;
  /** How long a part of the log lasts, how long a repeated id is known to be one, and when a part is sealed. */
  readonly logPlan: { readonly partMs: number; readonly idHorizonMs: number; readonly sealAgeMs: number };
  readonly logLevel: LogLevel;
  readonly inferenceUrl: string;
  readonly controlUrl: string;
  readonly temporalUiUrl: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly hasPublicMetrics: boolean;
  readonly workerMetricsPort: number | undefined;
  readonly otlpEndpoint: string | undefined;
  readonly serviceName: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string;
  /** Holds a secret: it is read by the processes that need it, and stands in no setting. */
  readonly installationKeyFile: string;
  /** As that, of the key that signs exports; control makes it where it is missing. */
  readonly signingKeyFile: string;
  readonly webhookSecret: string | undefined;
  readonly webhookPrivateHosts: readonly string[];
  readonly openLineageUrl: string | undefined;
  /** Name of the secret that is sent there. */
  readonly openLineageSecret: string | undefined;
  readonly scrubDays: number;
  readonly failuresPerMinute: number;
  readonly uploadBytesPerDay: number;
  readonly costs: PlatformCosts;
  readonly keptDays: { readonly segments: number; readonly commands: number };
  /** How long, and how much, of what was shipped stays in the spool. */
  readonly shipped: { readonly ageMs: number; readonly bytesMax: number };
  readonly artifactGraceMs: number;
  /** Size of the disk of a database that is not embedded; undefined when nobody said. */
  readonly databaseDiskBytes: number | undefined;
}

/** Folders and addresses that are not set follow from those that are. */
export function deriveConfig(values: SettingValues, env: Environment, rootDir: string): Config {
  const stateDir =
    values.PERENNIAL_STATE_DIR === undefined
      ? path.join(rootDir, stateFolderName)
      : path.resolve(values.PERENNIAL_STATE_DIR);
  const inside = (given: string | undefined, name: string) =>
    given === undefined ? path.join(stateDir, name) : path.resolve(given);
  const clientHost = hostForClients(values.PERENNIAL_HOST);
  const cacheHome = values.XDG_CACHE_HOME ?? path.join(env['HOME'] || homedir(), '.cache');
  return {
    databaseUrl: values.DATABASE_URL,
    ownerDatabaseUrl: values.PERENNIAL_OWNER_DATABASE_URL,
    readDatabaseUrl: values.PERENNIAL_READ_DATABASE_URL,
    temporalAddress: values.TEMPORAL_ADDRESS,
    temporalNamespace: values.TEMPORAL_NAMESPACE,
    isTemporalConfigured: [values.TEMPORAL_ADDRESS, values.TEMPORAL_PROFILE, values.TEMPORAL_CONFIG_FILE].some(
      (value) => value !== undefined,
    ),
    temporalCliPath: values.TEMPORAL_CLI,
    python: values.PERENNIAL_PYTHON ?? 'python3',
    rootDir,
    stateDir,
    logDir: path.join(stateDir, 'logs'),
    artifactDir: inside(values.PERENNIAL_ARTIFACT_DIR, 'artifacts'),
    artifacts: values.PERENNIAL_ARTIFACTS ?? inside(values.PERENNIAL_ARTIFACT_DIR, 'artifacts'),
    artifactBucket: artifactBucketOf(values),
    spoolDir: inside(values.PERENNIAL_SPOOL_DIR, 'spool'),
    trainDir: inside(values.PERENNIAL_TRAIN_DIR, 'train'),
    trainersDir: values.PERENNIAL_TRAINERS_DIR === undefined ? undefined : path.resolve(values.PERENNIAL_TRAINERS_DIR),
    cacheDir: path.join(cacheHome, 'perennial'),
    sourceRoots: readSourceRoots(values.PERENNIAL_SOURCE_ROOTS),
    secretsDir: values.PERENNIAL_SECRETS_DIR === undefined ? undefined : path.resolve(values.PERENNIAL_SECRETS_DIR),
    secretScopes: readSecretScopes(values.PERENNIAL_SECRETS_SCOPES),
    sourcePrivateHosts: listOf(values.PERENNIAL_SOURCE_PRIVATE_HOSTS),
    host: values.PERENNIAL_HOST,
    inferencePort: values.PERENNIAL_INFERENCE_PORT,
    controlPort: values.PERENNIAL_CONTROL_PORT,
    temporalPort: values.PERENNIAL_TEMPORAL_PORT,
    temporalUiPort: values.PERENNIAL_TEMPORAL_UI_PORT,
    postgresPort: values.PERENNIAL_POSTGRES_PORT,
    inferenceProcessCount: values.PERENNIAL_INFERENCE_PROCESSES,
    watchShards: values.PERENNIAL_WATCH_SHARDS,
    watchTickMs: values.PERENNIAL_WATCH_TICK_MS,
    flushMs: values.PERENNIAL_FLUSH_MS,
    pushSpoolBytes: values.PERENNIAL_PUSH_SPOOL_MIB * 1024 ** 2,
    skewShare: values.PERENNIAL_SKEW_PER_MILLE / 1_000,
    patienceMs: values.PERENNIAL_PATIENCE_MS,
    logPlan: {
      partMs: values.PERENNIAL_LOG_PART_HOURS * 3_600_000,
      idHorizonMs: values.PERENNIAL_ID_HORIZON_DAYS * 86_400_000,
      sealAgeMs: values.PERENNIAL_LOG_SEAL_DAYS * 86_400_000,
    },
    logLevel: values.PERENNIAL_LOG_LEVEL,
    inferenceUrl: values.PERENNIAL_INFERENCE_URL ?? `http://${clientHost}:${values.PERENNIAL_INFERENCE_PORT}`,
    controlUrl: values.PERENNIAL_CONTROL_URL ?? `http://${clientHost}:${values.PERENNIAL_CONTROL_PORT}`,
    temporalUiUrl: values.PERENNIAL_TEMPORAL_UI_URL,
    allowedOrigins: listOf(values.PERENNIAL_ALLOWED_ORIGINS),
    hasPublicMetrics: values.PERENNIAL_METRICS_PUBLIC === 'true',
    workerMetricsPort: values.PERENNIAL_WORKER_METRICS_PORT,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    serviceName: values.OTEL_SERVICE_NAME,
    token: values.PERENNIAL_TOKEN,
    tokenFile: inside(values.PERENNIAL_TOKEN_FILE, 'token'),
    installationKeyFile: inside(values.PERENNIAL_INSTALLATION_KEY_FILE, 'installation.key'),
    signingKeyFile: inside(values.PERENNIAL_SIGNING_KEY_FILE, 'signing.key'),
    webhookSecret: values.PERENNIAL_WEBHOOK_SECRET,
    failuresPerMinute: values.PERENNIAL_FAILURES_PER_MINUTE,
    uploadBytesPerDay: values.PERENNIAL_UPLOAD_GIB_PER_DAY * 1024 ** 3,
    webhookPrivateHosts: listOf(values.PERENNIAL_WEBHOOK_PRIVATE_HOSTS),
    openLineageUrl: values.PERENNIAL_OPENLINEAGE_URL,
    openLineageSecret: values.PERENNIAL_OPENLINEAGE_SECRET,
    scrubDays: values.PERENNIAL_SCRUB_DAYS,
    keptDays: { segments: values.PERENNIAL_SEGMENT_DAYS, commands: values.PERENNIAL_COMMAND_DAYS },
    shipped: {
      ageMs: shippedAgeMs(values),
      bytesMax: values.PERENNIAL_SHIPPED_MIB * 1024 ** 2,
    },
    databaseDiskBytes:
      values.PERENNIAL_DATABASE_DISK_GB === undefined ? undefined : values.PERENNIAL_DATABASE_DISK_GB * 1e9,
    artifactGraceMs: values.PERENNIAL_ARTIFACT_GRACE_HOURS * 3_600_000,
    costs: {
      currency: values.PERENNIAL_COST_CURRENCY ?? null,
      perTrainingHour: values.PERENNIAL_COST_PER_TRAINING_HOUR ?? null,
      perServingHour: values.PERENNIAL_COST_PER_SERVING_HOUR ?? null,
    },
  };
}

function artifactBucketOf(values: SettingValues): ArtifactBucket | null {
  if (values.PERENNIAL_ARTIFACTS === undefined) return null;
  return {
    url: values.PERENNIAL_ARTIFACTS,
    endpoint: values.PERENNIAL_ARTIFACTS_ENDPOINT,
    region: values.PERENNIAL_ARTIFACTS_REGION,
    cacheBytesMax: values.PERENNIAL_ARTIFACT_CACHE_GIB * 1024 ** 3,
  };
}

/** What tells that a segment or a row is there already must be known for longer than what is shipped again is kept. */
function shippedAgeMs(values: SettingValues): number {
  const knownHours = 24 * Math.min(values.PERENNIAL_SEGMENT_DAYS, values.PERENNIAL_ID_HORIZON_DAYS);
  return Math.min(values.PERENNIAL_SHIPPED_HOURS, knownHours - 1) * 3_600_000;
}

/** A wildcard address is for listening only; IPv6 needs brackets in a URL. */
function hostForClients(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
