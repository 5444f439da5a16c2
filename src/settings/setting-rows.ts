import { engineRows } from './engine-rows.ts';
import type { SettingRow } from './setting-row.ts';

/** Every variable that the platform itself reads; `docs/` is checked against this table. */
export const settingRows = [
  ...engineRows,
  { name: 'PERENNIAL_PYTHON', fallback: 'python3', meaning: 'Python whose river and lightgbm `demo --data` asks.' },
  {
    name: 'PERENNIAL_STATE_DIR',
    fallback: '.perennial',
    meaning: 'Folder of the embedded engines, logs, token and lock.',
  },
  {
    name: 'PERENNIAL_ARTIFACT_DIR',
    fallback: '<state>/artifacts',
    meaning: 'Folder of the content-addressed artifact store; where that is a bucket, of its copies on this disk.',
  },
  {
    name: 'PERENNIAL_ARTIFACTS',
    fallback: '',
    meaning:
      'Bucket of the artifact store (`s3://bucket/prefix`), by the standard credentials of AWS (environment, ' +
      'profile, role); without it the store is a folder. One for all processes.',
  },
  {
    name: 'PERENNIAL_ARTIFACTS_ENDPOINT',
    fallback: '',
    meaning: 'URL of the store of that bucket, where it is not AWS; buckets are asked for by path.',
  },
  { name: 'PERENNIAL_ARTIFACTS_REGION', fallback: '', meaning: 'Region of that bucket; without it `us-east-1`.' },
  {
    name: 'PERENNIAL_ARTIFACT_CACHE_GIB',
    fallback: '20',
    meaning: 'GiB of that bucket that are kept on this disk at most, but for what was used within the last hour.',
  },
  {
    name: 'PERENNIAL_SPOOL_DIR',
    fallback: '<state>/spool',
    meaning: 'Folder where inference writes predictions before Postgres has them.',
  },
  {
    name: 'PERENNIAL_TRAIN_DIR',
    fallback: '<state>/train',
    meaning: 'Folder in which the steps of trainings hand files on; every worker of trainings shares it.',
  },
  { name: 'PERENNIAL_TRAINERS_DIR', fallback: '', meaning: 'Folder of the code that trainers run; without it none.' },
  {
    name: 'PERENNIAL_SOURCE_ROOTS',
    fallback: '',
    meaning:
      'Comma-separated SCOPE=PATH (`payments.*=/data/payments`; a path alone is for all models): the folders, files ' +
      'and buckets (`s3://bucket/prefix`) that definitions may name as their source. `dev` and `demo` take the ' +
      'folder that they were started in; without it a worker reads nothing.',
  },
  {
    name: 'PERENNIAL_SOURCE_PRIVATE_HOSTS',
    fallback: '',
    meaning:
      'Comma-separated host:port of endpoints and databases that sources may reach although they are private ' +
      'addresses; with /database behind it also one that holds Perennial. The credentials of the worker itself go to ' +
      'these and to AWS alone. Of control and worker.',
  },
  {
    name: 'PERENNIAL_SECRETS_DIR',
    fallback: '',
    meaning:
      'Folder with one file per secret that definitions name (mode 0600 or 0640); `PERENNIAL_SECRET_<NAME>` is ' +
      'looked at first.',
  },
  {
    name: 'PERENNIAL_SECRETS_SCOPES',
    fallback: '',
    meaning:
      'Comma-separated SCOPE=NAME (`payments.*=warehouse-url`): which models may name which secrets; without it, ' +
      'every model may name every one.',
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
    name: 'PERENNIAL_WATCH_SHARDS',
    fallback: '1',
    meaning:
      'Shards over which the models are spread for judging, 1 to 64; the worker that started last says how many.',
  },
  { name: 'PERENNIAL_WATCH_TICK_MS', fallback: '1000', meaning: 'A busy shard judges once in so many milliseconds.' },
  {
    name: 'PERENNIAL_FLUSH_MS',
    fallback: '100',
    meaning: 'Longest time a served prediction may wait before the spool file has it, milliseconds.',
  },
  { name: 'PERENNIAL_SKEW_PER_MILLE', fallback: '10', meaning: 'Of a thousand rows with views, how many are checked.' },
  {
    name: 'PERENNIAL_PATIENCE_MS',
    fallback: '1800000',
    meaning:
      'For how long a quick step of a workflow that fails for a reason of its own is tried again, milliseconds; ' +
      'while Postgres is away it is tried for up to 30 days.',
  },
  {
    name: 'PERENNIAL_LOG_PART_HOURS',
    fallback: '168',
    meaning: 'How long a part of the log of predictions and labels lasts before the next begins, hours.',
  },
  {
    name: 'PERENNIAL_LOG_SEAL_DAYS',
    fallback: '90',
    meaning: 'How long ago a part of the log has ended when it moves into sealed files of the artifact store, days.',
  },
  {
    name: 'PERENNIAL_ID_HORIZON_DAYS',
    fallback: '30',
    meaning: 'How long the id of a prediction or a label is known to be a repeat, days; one part longer at most.',
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
    name: 'PERENNIAL_INSTALLATION_KEY_FILE',
    fallback: '<state>/installation.key',
    meaning:
      'File with the key under which entities are hashed (mode 0600), the same for control and inference; `dev` and ' +
      '`demo` make it. It is in no back-up.',
  },
  {
    name: 'PERENNIAL_SIGNING_KEY_FILE',
    fallback: '<state>/signing.key',
    meaning:
      'File with the private key that signs exports (PEM, curve P-256, mode 0600), for control alone, which makes it ' +
      'at the first export. It is in no back-up.',
  },
  {
    name: 'PERENNIAL_WEBHOOK_SECRET',
    fallback: '',
    meaning: 'Key that signs to receivers without a secret of their own; without it those are sent nothing.',
  },
  {
    name: 'PERENNIAL_WEBHOOK_PRIVATE_HOSTS',
    fallback: '',
    meaning: 'Comma-separated host:port that webhooks may reach although they are private addresses.',
  },
  { name: 'PERENNIAL_OPENLINEAGE_URL', fallback: '', meaning: 'Where run events of OpenLineage are sent.' },
  { name: 'PERENNIAL_OPENLINEAGE_SECRET', fallback: '', meaning: 'Name of the secret that is its bearer token.' },
  { name: 'PERENNIAL_SCRUB_DAYS', fallback: '30', meaning: 'Days within which every artifact is read again.' },
  {
    name: 'PERENNIAL_FAILURES_PER_MINUTE',
    fallback: '30',
    meaning: 'Wrong tokens that one client address may send in a minute before it is answered 429.',
  },
  {
    name: 'PERENNIAL_UPLOAD_GIB_PER_DAY',
    fallback: '20',
    meaning: 'Files for imports that one token may send in 24 hours, GiB.',
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
  {
    name: 'PERENNIAL_SEGMENT_DAYS',
    fallback: '30',
    meaning: 'Days for which a stored segment is remembered: shipped again within them, it stores nothing twice.',
  },
  {
    name: 'PERENNIAL_SHIPPED_HOURS',
    fallback: '24',
    meaning:
      'Hours for which inference keeps segments that Postgres has stored, for `perennial spool reship` after a ' +
      'standby took over that lacks the last of them; less than PERENNIAL_SEGMENT_DAYS and ' +
      'PERENNIAL_ID_HORIZON_DAYS, which make a repeat count once.',
  },
  { name: 'PERENNIAL_PUSH_SPOOL_MIB', fallback: '256', meaning: 'MiB of pushed rows that wait; then pushes get 429.' },
  {
    name: 'PERENNIAL_SHIPPED_MIB',
    fallback: '256',
    meaning: 'MiB of them at most, the oldest go first; 0 keeps none.',
  },
  {
    name: 'PERENNIAL_COMMAND_DAYS',
    fallback: '90',
    meaning: 'Days for which a command is kept, and its Idempotency-Key gets the first answer again.',
  },
  {
    name: 'PERENNIAL_ARTIFACT_GRACE_HOURS',
    fallback: '48',
    meaning: 'Hours that an artifact must be old, and found needed by nobody twice, before it is removed.',
  },
  {
    name: 'PERENNIAL_DATABASE_DISK_GB',
    fallback: '',
    meaning:
      'Gigabytes that a database which is not embedded may fill; without it, nobody knows when its disk is full.',
  },
  { name: 'XDG_CACHE_HOME', fallback: '~/.cache', meaning: 'Folder under which the Temporal CLI is cached per user.' },
] as const satisfies readonly SettingRow[];

export type SettingName = (typeof settingRows)[number]['name'];
