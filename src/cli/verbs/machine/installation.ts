import type { Verb } from '../../line/verb.ts';

// What they run is loaded only when asked for: it brings the database, and a status should be there at once.

export const migrateVerb: Verb = {
  name: 'migrate',
  about: 'Bring the database that DATABASE_URL names to the newest schema; safe to run again.',
  words: [],
  flags: [],
  examples: ['perennial migrate'],
  run: async (call) => (await import('../../../installation/migrate.ts')).runMigrate(call),
};

export const firstTokenVerb: Verb = {
  name: 'token first',
  aliases: ['first-token'],
  about: 'Make the first admin token of an installation; needs the database, and works once.',
  words: [],
  flags: [
    {
      name: 'replace',
      kind: 'switch',
      about: 'The token is lost: make another one and revoke the earlier first tokens.',
    },
    { name: 'reason', kind: 'text', about: 'Why; required with --replace, kept in the audit.' },
  ],
  examples: ['perennial token first', 'perennial token first --replace --reason "the secret was lost with a laptop"'],
  run: async (call) => (await import('../../../installation/first-token.ts')).runFirstToken(call),
};

export const keyMakeVerb: Verb = {
  name: 'key make',
  about: 'Make the key under which entities are hashed, in a file of its own; what is there stays.',
  words: [],
  flags: [],
  examples: ['PERENNIAL_INSTALLATION_KEY_FILE=/etc/perennial/installation.key perennial key make'],
  run: async (call) => (await import('../../../installation/key.ts')).runKeyMake(call),
};

export const keyReplaceVerb: Verb = {
  name: 'key replace',
  about: 'The key is lost for good: hash entities under another one; what stands is found by id alone.',
  words: [],
  flags: [{ name: 'reason', kind: 'text', about: 'Why; required, kept in the audit.' }],
  examples: ['perennial key replace --reason "the machine with the key burnt down"'],
  run: async (call) => (await import('../../../installation/key.ts')).runKeyReplace(call),
};

export const backupVerb: Verb = {
  name: 'backup',
  about: 'Write database and artifacts into a folder that may hold many back-ups; everything goes on running.',
  words: [],
  flags: [
    { name: 'to', kind: 'text', value: 'FOLDER', about: 'Where it goes; made when it is not there.' },
    {
      name: 'keep-days',
      kind: 'text',
      value: 'DAYS',
      about: 'For how long you keep it: erasures say until when it holds what they erased. Nothing is removed by it.',
    },
  ],
  examples: ['perennial backup --to /backups --keep-days 30'],
  run: async (call) => (await import('../../../installation/backup.ts')).runBackup(call),
};

export const restoreVerb: Verb = {
  name: 'restore',
  about: 'Fill an empty installation from a back-up, every byte checked; or only check the back-up.',
  words: [],
  flags: [
    { name: 'from', kind: 'text', value: 'FOLDER', about: 'The folder that was given to `backup`.' },
    { name: 'at', kind: 'text', value: 'NAME', about: 'Which back-up in it (default the latest).' },
    { name: 'key', kind: 'text', value: 'KEY', about: 'Take it only if this key signed it, as `backup` said.' },
    { name: 'check', kind: 'switch', about: 'Only read the back-up and compare every digest.' },
  ],
  examples: [
    'perennial restore --from /backups --check',
    'perennial restore --from /backups --at 2026-11-21T14-30-00Z',
  ],
  run: async (call) => (await import('../../../installation/restore.ts')).runRestore(call),
};

export const artifactSweepVerb: Verb = {
  name: 'artifact sweep',
  about: 'Remove artifacts that nobody has needed for the grace; the workers do so every hour by themselves.',
  words: [],
  flags: [{ name: 'dry-run', kind: 'switch', about: 'Only print what would go.' }],
  examples: ['perennial artifact sweep --dry-run'],
  run: async (call) => (await import('../../../installation/sweep.ts')).runSweep(call),
};

export const spoolReshipVerb: Verb = {
  name: 'spool reship',
  aliases: ['reship'],
  about: 'Send predictions and labels of this machine to Postgres again; what is there already counts once.',
  words: [],
  flags: [
    {
      name: 'since',
      kind: 'text',
      value: 'TIME',
      about: 'What was stored from then on: `30 minutes`, `2 hours`, or a time (2026-11-28T09:30, UTC).',
    },
    { name: 'refused', kind: 'switch', about: 'Instead, the records that were set aside in `.bad` files.' },
  ],
  examples: ['perennial spool reship --since "10 minutes"', 'perennial spool reship --refused'],
  run: async (call) => (await import('../../../installation/reship.ts')).runReship(call),
};
