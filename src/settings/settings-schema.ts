import { z } from 'zod';
import { logLevels } from './log-levels.ts';
import { amount, httpUrl, integer, origins, httpPort, port, text, url } from './setting-readers.ts';
import type { SettingName } from './setting-rows.ts';
import { secretNamePattern, secretNameRule } from '../domain/words/secret-name.ts';
import { secretScopes } from './secret-scopes.ts';
import { isBucketRoot, sourceRoots } from './source-roots.ts';

/** How each variable is read and what is said when it is wrong. */
export const settingsSchema = z.object({
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  PERENNIAL_OWNER_DATABASE_URL: url(['postgres:', 'postgresql:']),
  PERENNIAL_READ_DATABASE_URL: url(['postgres:', 'postgresql:']),
  TEMPORAL_ADDRESS: text,
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9._-]{2,63}$/, 'must be 2 to 63 letters, digits, dots, dashes or underscores')
    .default('perennial'),
  TEMPORAL_PROFILE: text,
  TEMPORAL_CONFIG_FILE: text,
  TEMPORAL_CLI: text,
  PERENNIAL_PYTHON: text,
  PERENNIAL_STATE_DIR: text,
  PERENNIAL_ARTIFACT_DIR: text,
  PERENNIAL_ARTIFACTS: z
    .string()
    .refine(isBucketRoot, 'must be s3://bucket or s3://bucket/prefix; a folder is set by PERENNIAL_ARTIFACT_DIR')
    .optional(),
  PERENNIAL_ARTIFACTS_ENDPOINT: httpUrl,
  PERENNIAL_ARTIFACTS_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be the name of a region, such as eu-central-1')
    .optional(),
  PERENNIAL_ARTIFACT_CACHE_GIB: integer(20, 1, 100_000),
  PERENNIAL_SPOOL_DIR: text,
  PERENNIAL_TRAIN_DIR: text,
  PERENNIAL_TRAINERS_DIR: text,
  PERENNIAL_SOURCE_ROOTS: sourceRoots,
  PERENNIAL_SECRETS_DIR: text,
  PERENNIAL_SECRETS_SCOPES: secretScopes,
  PERENNIAL_SOURCE_PRIVATE_HOSTS: text,
  PERENNIAL_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an IP address')
    .default('127.0.0.1'),
  PERENNIAL_INFERENCE_PORT: httpPort(8080),
  PERENNIAL_CONTROL_PORT: httpPort(8081),
  PERENNIAL_TEMPORAL_PORT: port(7233),
  PERENNIAL_TEMPORAL_UI_PORT: httpPort(8233),
  PERENNIAL_POSTGRES_PORT: port(54_329),
  PERENNIAL_INFERENCE_PROCESSES: integer(1, 1, 256),
  PERENNIAL_WATCH_SHARDS: integer(1, 1, 64),
  PERENNIAL_WATCH_TICK_MS: integer(1_000, 10, 60_000),
  PERENNIAL_FLUSH_MS: integer(100, 1, 60_000),
  PERENNIAL_SKEW_PER_MILLE: integer(10, 0, 1_000),
  PERENNIAL_PATIENCE_MS: integer(1_800_000, 100, 86_400_000),
  PERENNIAL_LOG_PART_HOURS: integer(168, 1, 8_760),
  PERENNIAL_LOG_SEAL_DAYS: integer(90, 1, 3_650),
  PERENNIAL_ID_HORIZON_DAYS: integer(30, 1, 3_650),
  PERENNIAL_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  PERENNIAL_INFERENCE_URL: httpUrl,
  PERENNIAL_CONTROL_URL: httpUrl,
  PERENNIAL_TEMPORAL_UI_URL: httpUrl,
  PERENNIAL_ALLOWED_ORIGINS: origins,
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
  PERENNIAL_INSTALLATION_KEY_FILE: text,
  PERENNIAL_SIGNING_KEY_FILE: text,
  PERENNIAL_WEBHOOK_SECRET: text,
  PERENNIAL_UPLOAD_GIB_PER_DAY: integer(20, 1, 100_000),
  PERENNIAL_FAILURES_PER_MINUTE: integer(30, 1, 1_000_000),
  PERENNIAL_WEBHOOK_PRIVATE_HOSTS: text,
  PERENNIAL_OPENLINEAGE_URL: httpUrl,
  PERENNIAL_OPENLINEAGE_SECRET: z.string().regex(secretNamePattern, secretNameRule).optional(),
  PERENNIAL_SCRUB_DAYS: integer(30, 1, 365),
  PERENNIAL_COST_PER_TRAINING_HOUR: amount,
  PERENNIAL_COST_PER_SERVING_HOUR: amount,
  PERENNIAL_COST_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters, such as EUR')
    .optional(),
  PERENNIAL_SEGMENT_DAYS: integer(30, 2, 3_650),
  PERENNIAL_SHIPPED_HOURS: integer(24, 1, 168),
  PERENNIAL_PUSH_SPOOL_MIB: integer(256, 1, 1_048_576),
  // All of it may come back into the spool, which takes 1 GiB before requests are refused.
  PERENNIAL_SHIPPED_MIB: integer(256, 0, 768),
  PERENNIAL_COMMAND_DAYS: integer(90, 1, 3_650),
  PERENNIAL_ARTIFACT_GRACE_HOURS: integer(48, 1, 8_760),
  PERENNIAL_DATABASE_DISK_GB: amount,
  XDG_CACHE_HOME: text,
} satisfies Record<SettingName, z.ZodType>);

export type SettingValues = z.infer<typeof settingsSchema>;
