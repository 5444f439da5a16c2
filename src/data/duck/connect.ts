import { DuckDBInstance, type DuckDBConnection, type JS } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFull } from '../../domain/words/disk-full.ts';
import { PerennialError } from '../../domain/words/errors.ts';

export interface DuckDbSettings {
  /** 1 or 2. One thread keeps files in order and Parquet bytes stable. */
  readonly threads?: 1 | 2;
  /** DuckDB's own bound; resident memory exceeds it by 200 to 300 MB. At least 64. */
  readonly memoryMb?: number;
  /** Parent of the folder that spilled data goes to; the system's temporary folder when absent. */
  readonly tempDir?: string;
  /**
   * It reads files of somebody else: nothing that a Parquet file says of all its cells (least, largest, whether any is
   * missing) is taken on trust. The engine would answer by it without a look at the cells, and lose digits of what lies
   * beyond.
   */
  readonly isForeign?: boolean;
  /** An engine that is open already: its threads, its folder and its trust hold, and its memory becomes `memoryMb`. */
  readonly engine?: Engine | undefined;
}

/** An open engine. Works that follow each other connect to it, each with temporary tables of its own. */
export interface Engine {
  connect(memoryMb?: number): Promise<DuckDBConnection>;
}

/** One in-memory database for one piece of work. */
export interface Duck {
  run(sql: string): Promise<void>;
  /** All rows as plain objects (BIGINT as bigint): only for results of bounded size. */
  rows(sql: string): Promise<Record<string, JS>[]>;
  /** Rows in chunks of at most 2,048 as they are computed. */
  stream(sql: string): AsyncGenerator<Record<string, JS>[]>;
}

const memoryMbDefault = 1024;

/** Of an engine for `DuckDbSettings.isForeign`. */
export const forForeignFiles = { disabled_optimizers: 'statistics_propagation' } as const;

/** Opens a database, lends it to `work`, and frees memory and spilled files whatever happens. */
export async function withDuck<Result>(
  settings: DuckDbSettings,
  work: (duck: Duck) => Promise<Result>,
): Promise<Result> {
  const handle = await openDuck(settings);
  try {
    return await work(handle.duck);
  } finally {
    await handle.close();
  }
}

/** The same for generators, whose work outlives one function: the caller must `close()`. */
export async function openDuck(settings: DuckDbSettings): Promise<{ readonly duck: Duck; close(): Promise<void> }> {
  const { engine, close } =
    settings.engine === undefined ? await openEngine(settings) : { engine: settings.engine, close: leaveOpen };
  try {
    const connection = await engine.connect(settings.memoryMb);
    return {
      duck: duckOf(connection),
      async close() {
        connection.closeSync();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Opens an engine for several pieces of work in a row and lends it; one that is in `settings` already is lent on.
 */
export async function withEngine<Result>(
  settings: DuckDbSettings,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  if (settings.engine !== undefined) return work(settings.engine);
  const { engine, close } = await openEngine(settings);
  try {
    return await work(engine);
  } finally {
    await close();
  }
}

const leaveOpen = (): Promise<void> => Promise.resolve();

async function openEngine({
  tempDir,
  threads = 1,
  memoryMb,
  isForeign = false,
}: DuckDbSettings): Promise<{ readonly engine: Engine; close(): Promise<void> }> {
  const spill = await mkdtemp(join(tempDir ?? tmpdir(), 'perennial-duckdb-'));
  let bound = limitOf(memoryMb);
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: bound,
    temp_directory: spill,
    ...(isForeign ? forForeignFiles : {}),
    // Nothing phones home: a file that needs an extension is an error, not a download.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const engine: Engine = {
    async connect(memoryMbNow) {
      const connection = await instance.connect();
      const wanted = limitOf(memoryMbNow);
      // Times without a zone are read as UTC on every machine.
      await connection.run(`SET TimeZone = 'UTC'${wanted === bound ? '' : `; SET memory_limit = '${wanted}'`}`);
      bound = wanted;
      return connection;
    },
  };
  return {
    engine,
    async close() {
      instance.closeSync();
      await rm(spill, { recursive: true, force: true });
    },
  };
}

function limitOf(memoryMb = memoryMbDefault): string {
  return `${Math.max(64, memoryMb)}MB`;
}

function duckOf(connection: DuckDBConnection): Duck {
  return {
    run: (sql) => guarded(async () => void (await connection.run(sql))),
    rows: (sql) => guarded(async () => (await connection.runAndReadAll(sql)).getRowObjectsJS()),
    async *stream(sql) {
      const result = await guarded(() => connection.stream(sql));
      const chunks = result.yieldRowObjectJs();
      while (true) {
        const next = await guarded(() => chunks.next());
        if (next.done === true) return;
        yield next.value;
      }
    },
  };
}

/**
 * The engine's messages quote cells and lines of what it reads, and whole option lists: of these none goes on, neither
 * as text nor as a cause that somebody logs. What is left is the kind of failure.
 */
async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (text.includes('state machine reached an invalid state')) {
      throw new PerennialError('invalid_data', 'the file mixes two kinds of line ends, or quotes that do not match', {
        hint: 'Save it again as plain UTF-8 CSV with one kind of line end.',
      });
    }
    if (/no space left|disk quota|file too large/i.test(text))
      throw diskFull('a data file', 'artifacts and work folder');
    if (/out of memory/i.test(text))
      throw new PerennialError('unavailable', 'not enough memory for the data step', {
        hint: 'Give the worker more memory, or take fewer rows with `rowsMax`.',
      });
    throw new PerennialError('invalid_data', `the data engine gave up (${kindOf(text)})`, {
      hint: 'Look whether the file is whole and of the declared format, and save it again.',
    });
  }
}

/** `IO Error`, `Conversion Error`: the first words of a message, which the engine chooses from a closed list. */
function kindOf(text: string): string {
  return /^([A-Z][A-Za-z]{1,20} ){1,3}Error(?=:)/.exec(text)?.[0] ?? 'an unknown error';
}
