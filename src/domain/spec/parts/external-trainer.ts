import type { ModelProcessSpec } from './model-process.ts';

/** What a program of somebody else can be told, whoever runs it. */
export interface ExternalTrained {
  /** Goes into `spec.json` as it is; JSON, at most `externalBounds.settingsCharsMax` of it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Wall clock of one fit; beyond it the fit is ended and fails. */
  readonly timeMsMax: number;
  /** Ask a second time, on all rows, once a candidate is there: that one is released. */
  readonly refit: boolean;
  readonly seed: number;
  /** Digest of the image that the program runs in; recorded as declared. */
  readonly image?: string;
  /** Where a version is served, and what it may take there, as of an imported model. */
  readonly serving?: Partial<ModelProcessSpec>;
}

/** A program of this machine that turns a folder into a model file. */
export interface CommandSpec extends ExternalTrained {
  readonly kind: 'command';
  /** The program and its arguments; no shell reads them. */
  readonly argv: readonly string[];
  /** Where the program is started: a folder below the one that PERENNIAL_TRAINERS_DIR names. */
  readonly folder: string;
  /** Resident memory of the program with all that it starts, bytes. */
  readonly memoryBytesMax: number;
  /** What the program may leave in its folder and its checkpoint, bytes. */
  readonly filesBytesMax: number;
  /** Secrets by name: `hf-token` reaches the program as the variable HF_TOKEN. */
  readonly secrets: readonly string[];
  /** A file of the folder that pins what the program depends on; its SHA-256 is recorded. */
  readonly lock?: string;
}

/** A program that waits on a queue for fits, on this machine or another, in any language. */
export interface WorkerSpec extends ExternalTrained {
  readonly kind: 'worker';
  /** Begins the name of the queue; the tag and the memory asked for follow. */
  readonly queue: string;
  /** Which of the trainers of the program fits this model. */
  readonly trainer: string;
  /** What the machine has to be, as its worker says it: `a100`. */
  readonly tag?: string;
  /** Memory of one GPU, or of one slot of a worker without any, GB. */
  readonly memoryGb?: number;
}

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;
const hourMs = 3_600_000;

export const externalBounds = {
  argvMax: 100,
  argumentCharsMax: 4_096,
  pathCharsMax: 512,
  settingsCharsMax: 65_536,
  secretsMax: 20,
  memoryBytes: { min: 16 * mebibyte, max: 1024 * gibibyte },
  timeMs: { min: 1_000, max: 14 * 24 * hourMs },
  filesBytes: { min: mebibyte, max: 1024 * gibibyte },
  memoryGb: { min: 1, max: 256 },
} as const;

/** `sha256:` and 64 hex digits, as registries name an image. */
export const imagePattern = /^sha256:[0-9a-f]{64}$/;
export const queuePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const trainerNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const tagPattern = /^[a-z0-9][a-z0-9-]{0,31}$/;

const anyExternal = { settings: {}, timeMsMax: hourMs, refit: false, seed: 1 } as const;

/** What is left out. A program, a queue and the name of a trainer have no usual value: they have to be said. */
export const usualCommand: CommandSpec = {
  kind: 'command',
  argv: [],
  folder: '.',
  memoryBytesMax: 4 * gibibyte,
  filesBytesMax: 4 * gibibyte,
  secrets: [],
  ...anyExternal,
};

export const usualWorker: WorkerSpec = { kind: 'worker', queue: '', trainer: '', ...anyExternal };
