import type { SettingRow } from './setting-row.ts';

/** Where Postgres and Temporal are. */
export const engineRows = [
  { name: 'DATABASE_URL', fallback: '', meaning: 'Postgres to use; without it an embedded one is started.' },
  {
    name: 'PERENNIAL_OWNER_DATABASE_URL',
    fallback: '',
    meaning:
      'The same with the login that owns the tables, for migrations, back-up, restore and the first token; without ' +
      'it DATABASE_URL. No other process needs it.',
  },
  {
    name: 'PERENNIAL_READ_DATABASE_URL',
    fallback: '',
    meaning: 'The same with a login that only reads, for pages; without it DATABASE_URL.',
  },
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
] as const satisfies readonly SettingRow[];
