/**
 * The house, room by room, in the order in which data passes it: the one source of the linter's boundaries
 * (tools/house/plugin.mjs) and of the table in docs/architecture.md (`npm run house`). At run time a room imports only
 * rooms above it, but for types. Folders of a room stand in order too.
 */
import { duckdb, http, onnx, postgres, temporal } from './packages.mjs';
import { programs } from './programs.mjs';

const inOrder = (/** @type {string} */ names) => names.split(' ');
/** @type {readonly import('./room.mjs').Room[]} */
export const rooms = [
  {
    paths: ['src/statistics'],
    about: 'distributions, tests, sequential evidence, ranking: pure numerics',
    never: 'It is pure numerics: no npm, no Node, and it does not know what a model is.',
    folders: ['numeric', 'distributions', 'samples', 'sequential'],
    packages: [],
  },
  {
    paths: ['src/domain'],
    about: 'what the platform decides and says; no clock, randomness, I/O, or npm but RE2 in cells/',
    never: 'It is pure: no npm but re2js in cells/, no Node, nothing but itself and src/statistics. Workflows run it.',
    folders: inOrder(
      'words tasks features metrics cells repairs row-sql spec contract view training rollout ab-test watch record',
    ),
    packages: ['re2js'],
    packagesIn: { cells: ['re2js'] },
  },
  {
    paths: ['src/settings', 'src/config.ts', 'src/product-version.ts', 'src/entry-point.ts', 'src/telemetry'],
    about: 'the one reader of the environment; the version; how our processes are started; logger, metrics and traces',
    never: 'Settings and telemetry stand below everything: they open no connection.',
    packagesNot: [temporal, ...postgres, onnx, duckdb, ...http],
  },
  {
    paths: ['src/outbound'],
    about: 'the one door to foreign URLs: public addresses only, unless listed; no redirects; bounded',
    never: 'It sends requests to foreign URLs and knows nothing else.',
    only: [],
    packages: ['node:*'],
  },
  {
    paths: ['src/zstd'],
    about: 'unpacks zstd where Node cannot: bounded, checksums held',
    never: 'It turns bytes into bytes.',
    only: ['src/domain'],
    packages: ['fzstd', 'xxhash-wasm'],
  },
  {
    paths: ['src/contracts'],
    about: 'zod at the edges, each schema asserted equal to its domain type',
    never: 'Contracts are zod schemas over domain types.',
    folders: ['spec', 'http', 'openapi'],
    packagesNot: [temporal, ...postgres, onnx, duckdb, ...http],
  },
  {
    paths: ['src/contract-documents'],
    about: 'contracts as documents of the Open Data Contract Standard, written and read',
    never: 'It writes contracts in the words of others, and reads them: it opens nothing and decides nothing.',
    folders: ['terms', 'write', 'read'],
    only: ['src/domain', 'src/contracts'],
    packages: ['yaml'],
  },
  {
    paths: ['src/s3'],
    about: 'the client of S3-compatible stores: connection, errors in one sentence, pages, bounded transfers',
    never: 'It speaks S3 and knows neither artifacts nor sources.',
    only: ['src/domain', 'src/outbound'],
    packages: ['node:*', '@aws-sdk/client-s3'],
  },
  {
    paths: ['src/artifacts'],
    about: 'the content-addressed store; the reader of the reference profiles in it',
    never: 'The artifact store knows bytes and digests.',
    packagesNot: [temporal, ...postgres, onnx, duckdb, ...http],
  },
  {
    paths: ['src/db'],
    about: 'migrations at start, one file per write model, views; only `traffic/` asks for predictions and labels',
    never: 'It speaks Postgres only.',
    folders: inOrder(
      'schema base audit models feature-views runs people trainers traffic pushes routing tags scrub installation ' +
        'watching retention erasure lineage open-lineage views pages',
    ),
    packagesNot: [temporal, onnx, duckdb, ...http],
  },
  {
    paths: ['src/model-signing'],
    about: 'signs a folder of a model as OpenSSF Model Signing has it; the key that signs',
    never: 'It signs what it is given and reads no file but the key.',
    only: ['src/domain'],
    packages: ['node:*'],
  },
  {
    paths: ['src/access'],
    about: 'tokens, roles, permissions, browser sessions, the installation key',
    never: 'It decides who may do what, over src/db.',
    packagesNot: [temporal, onnx, duckdb, ...http],
  },
  {
    paths: ['src/sources'],
    about: 'where rows come from: identify, open at a cursor, batches and the next cursor',
    never: 'Rows in, nothing interpreted: a source knows no contract and no database of ours.',
    folders: ['file', 'objects', 'folder', 's3', 'postgres', 'kafka', 'push', 'union'],
    only: ['src/domain', 'src/outbound', 'src/zstd', 'src/s3', 'src/artifacts'],
    packagesNot: [temporal, onnx, duckdb, ...http, 'drizzle-orm'],
  },
  {
    paths: ['src/data'],
    about: 'DuckDB: read without loss, check, snapshot, infer',
    never: 'It speaks DuckDB only.',
    folders: inOrder('duck text read repairs contract snapshot quarantine traffic dataset profile infer sealed erase'),
    not: ['src/db', 'src/access'],
    packagesNot: [temporal, ...postgres, onnx, ...http],
  },
  {
    paths: ['src/views'],
    about: 'feature views: windows in tiles, point-in-time joins',
    never: 'It joins rows by time and holds nothing.',
    folders: ['windows', 'offline', 'online'],
    not: ['src/db', 'src/access'],
    packagesNot: [temporal, ...postgres, onnx, ...http],
  },
  {
    paths: ['src/onnx'],
    about: 'write and run graphs; take foreign ones apart; say what each feature adds to a score',
    never: 'It writes and runs graphs.',
    folders: ['graphs', 'run', 'file', 'gate', 'dumps', 'foreign', 'explain'],
    not: ['src/db', 'src/access', 'src/data'],
    packagesNot: [temporal, ...postgres, duckdb, ...http],
  },
  {
    paths: ['src/open-lineage'],
    about: 'run events of OpenLineage out of facts: names, datasets, facets',
    never: 'It words events and sends nothing.',
    only: ['src/domain'],
    packages: [],
  },
  {
    paths: ['src/answering'],
    about: 'scores, correction, threshold, decision: what serving, guard and replay share',
    never: 'It turns scores into answers and holds nothing.',
    only: ['src/statistics', 'src/domain'],
    packages: [],
  },
  {
    paths: ['src/trainers'],
    about: 'three steps with folders between them: prepare, fit, judge; the families that can be fitted',
    never: 'A trainer reads files and writes files; it never touches the database.',
    folders: inOrder('prepare families calibrate ensemble fit search judge experiment yardstick imported external'),
    not: ['src/db', 'src/access'],
    packagesNot: [temporal, ...postgres, ...http],
  },
  {
    paths: ['src/serving'],
    about: 'the inference server; [src/main-inference.ts](../src/main-inference.ts) joins it to Postgres',
    never: 'Serving owns nothing: what it needs comes through its ports. (access/secret.ts only hashes.)',
    folders: ['edge', 'model-process', 'views', 'versions', 'spool', 'push', 'answer', 'http', 'cluster'],
    not: ['src/db', 'src/access', '!src/access/secret.ts', 'src/data', 'src/trainers'],
    packagesNot: [temporal, ...postgres, duckdb],
    packagesIn: { http },
  },
  {
    paths: ['activities'],
    about: 'what a workflow asks to be done; factories over explicit dependencies; idempotent',
    never: 'Activities take their dependencies; a workflow is never imported, only its types.',
    folders: inOrder(
      'model views ingest online train reproduce experiment rollout user-steps ab-test guard watch reconcile retain ' +
        'log scrub erase',
    ),
    not: ['src/serving'],
    packagesNot: ['@temporalio/worker', '@temporalio/workflow', ...http, onnx],
  },
  {
    paths: ['workflows'],
    about: 'the loops; at run time only `@temporalio/workflow`, siblings and src/domain',
    never: 'At run time a workflow imports @temporalio/workflow, its siblings and src/domain; all else as types.',
    folders: ['base', 'rollout', 'model'],
    only: ['src/domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  {
    paths: ['src/temporal'],
    about: 'connection, schedules, search attributes, the command bus',
    never: 'It connects; business rules and facts live elsewhere.',
    packagesNot: [...postgres, onnx, duckdb, ...http],
  },
  {
    paths: ['src/commands'],
    about: 'one verb per file; API, pages and command line call these',
    never: 'A command works through src/db and the CommandBus port.',
    folders: inOrder(
      'base control ab-tests views models trainings snapshots tags experiments quarantine erasure record watching ' +
        'people pages',
    ),
    packagesNot: [temporal, ...postgres, onnx, duckdb, ...http],
  },
  {
    paths: ['src/control'],
    about: 'the control port: app, environment, guard, failures, middleware',
    never: 'It knows no route and no page: they are handed in.',
    not: ['activities', 'src/serving', 'src/trainers'],
    packagesNot: [temporal, ...postgres, onnx, duckdb],
  },
  {
    paths: ['src/api'],
    about: 'Hono routes of the control port: thin',
    never: 'Routes are thin: commands and views of src/db.',
    folders: ['openapi', 'docs', 'routes'],
    not: ['activities', 'src/serving', 'src/trainers'],
    packagesNot: [temporal, ...postgres, onnx, duckdb],
  },
  {
    paths: ['src/ui'],
    about: 'server-rendered pages of the control port: one folder per page, behind the parts that all of them share',
    never: 'Pages are thin: commands and views of src/db. They and src/api are siblings: neither imports the other.',
    folders: inOrder(
      'words styles script download table charts form frame sign-in home alerts model version contract lineage ' +
        'snapshot quarantine prediction rollout ab-test experiment runs trainings workers audit portfolio',
    ),
    not: ['activities', 'src/serving', 'src/trainers', 'src/api'],
    packagesNot: [temporal, ...postgres, onnx, duckdb],
  },
  {
    paths: ['src/create-api.ts'],
    about: 'joins routes and pages to the control port',
    never: 'It joins and does nothing else.',
  },
  ...programs,
];
