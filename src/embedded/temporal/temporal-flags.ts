/** Search attributes of every workflow (Keyword unless said); the server must know them before the first start. */
export const searchAttributes = [
  ['PerennialModel', 'Keyword'],
  ['PerennialVersion', 'Keyword'],
  ['PerennialStage', 'Keyword'],
  ['PerennialTrigger', 'Keyword'],
  ['PerennialVerdict', 'Keyword'],
  ['PerennialNeedsApproval', 'Bool'],
  ['PerennialScore', 'Double'],
] as const;

// One shard serves the whole development server, and its queues are read on a grid of 50 ms by default: without these
// rates a durable step costs 100 ms. Eagerly, an activity on its workflow's own queue comes with the answer that asked
// for it: one write and one way through the queues less, and what is written is on disk as before.
const dynamicConfig = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'history.visibilityProcessorMaxPollRPS': 2000,
  'system.enableActivityEagerExecution': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
} as const;

export interface ServerFlags {
  readonly databaseFile: string;
  readonly namespace: string;
  readonly port: number;
  readonly uiPort: number;
  /** Output of `start-dev --help`: a flag that an older CLI lacks would stop it. */
  readonly help: string;
}

/** Arguments of `temporal` for the embedded server: loopback only, durable, nothing fetched from outside. */
export function temporalFlags(flags: ServerFlags): string[] {
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${flags.port}`,
    `--ui-port=${flags.uiPort}`,
    `--db-filename=${flags.databaseFile}`,
    `--namespace=${flags.namespace}`,
    '--sqlite-pragma=journal_mode=wal',
    '--sqlite-pragma=synchronous=normal',
    ...Object.entries(dynamicConfig).map(([key, value]) => `--dynamic-config-value=${key}=${value}`),
    ...searchAttributes.map(([name, type]) => `--search-attribute=${name}=${type}`),
    ...(flags.help.includes('--ui-disable-news-fetch') ? ['--ui-disable-news-fetch'] : []),
    '--log-format=json',
    '--log-level=warn',
  ];
}
