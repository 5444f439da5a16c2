/**
 * The last rooms of the house: what people type and call, and what starts processes. `rooms.mjs` ends with them.
 */
import { duckdb, http, onnx, postgres, temporal } from './packages.mjs';

/** @type {readonly import('./room.mjs').Room[]} */
export const programs = [
  {
    paths: ['src/sdk'],
    about: '`defineModel` and the typed client',
    never: "It ends in other people's bundles: src/domain only.",
    folders: ['declare', 'client'],
    only: ['src/domain'],
    packages: [],
  },
  {
    paths: ['src/embedded'],
    about: 'Postgres and Temporal as child processes; the supervisor of our own',
    never: 'It starts engines for one machine; of our rooms it needs settings, logging and the errors of src/domain.',
    folders: ['process', 'postgres', 'temporal'],
    only: ['src/domain', 'src/config.ts', 'src/telemetry'],
    packagesNot: [onnx, duckdb, ...http, '@temporalio/worker', '@temporalio/workflow', '@temporalio/activity'],
  },
  {
    paths: ['src/replay'],
    about: 'a client that plays a table as traffic, and its yardsticks',
    never: 'The replay client talks HTTP.',
    not: ['src/db', 'activities', 'workflows', 'src/temporal', 'src/commands', 'src/control', 'src/api', 'src/ui'],
    packagesNot: [temporal, ...postgres, duckdb, ...http],
  },
  {
    paths: ['simulator'],
    about: 'the payments world of the demo',
    never: 'The simulated world knows nothing of the platform that watches it.',
    only: ['src/statistics', 'src/domain'],
    packages: ['node:fs', 'node:path', 'node:stream'],
  },
  {
    paths: ['models'],
    about: 'definitions',
    never: 'A definition imports src/sdk only.',
    only: ['src/sdk'],
    packages: [],
  },
  {
    paths: ['src/stack'],
    about: 'starting all processes of one machine, finding a running stack, asking it',
    never: 'It starts processes and asks them over HTTP.',
    not: ['workflows', 'activities'],
    packagesNot: ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity'],
  },
  {
    paths: ['src/installation'],
    about: 'back-up, restore, migration, the first token, the installation key',
    never: 'It works on a database and an artifact folder, without Temporal.',
    packagesNot: [temporal, onnx, duckdb, ...http],
  },
  {
    paths: ['src/doctor'],
    about: 'what must be right on this machine, and what to do where it is not',
    never: 'It looks and changes nothing.',
    packagesNot: ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity', 'pg'],
  },
  {
    paths: ['src/demo'],
    about: 'the theatre: a whole life in acts, on a simulated world or on any table',
    never: 'It plays against a running stack.',
    folders: ['yardsticks'],
    not: ['workflows', 'activities'],
    packagesNot: ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity', 'pg'],
  },
  {
    paths: ['src/cli'],
    about: 'the command line: reading a line, one file per verb',
    never: 'It asks over HTTP and starts processes; pools and workers are built in src/main-*.ts and src/stack.',
    folders: ['line', 'verbs'],
    not: ['workflows', 'activities'],
    packagesNot: ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity', 'pg'],
  },
];
