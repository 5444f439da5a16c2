import type pg from 'pg';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';

/** What one statement cost by counts alone: they are the same on a busy machine. */
export interface StatementCost {
  readonly text: string;
  /** Rows that its plan read or threw away, over all nodes and loops. */
  readonly rowsRead: number;
  /** Pages of tables and indexes that it read, cached or not; those that it touched to write are left out. */
  readonly buffers: number;
}

/** A database that explains every statement which runs over it, whoever sends it. */
export interface ExplainedDatabase {
  readonly database: Database;
  /** Runs `work` and answers what each statement cost meanwhile, equal statements together, and the rows Node got. */
  costOf(work: () => Promise<unknown>): Promise<WorkCost>;
}

export interface WorkCost {
  readonly statements: ReadonlyMap<string, StatementCost>;
  readonly rowsToNode: number;
}

interface PlanNode {
  readonly 'Node Type'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * auto_explain tells the plan of each statement as it really ran, with its own parameters, once: writes, locks and
 * statements inside of functions too. Sequential scans are dear, so that a table that is still small does not hide a
 * missing index behind one.
 */
const settings: Readonly<Record<string, string>> = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  client_min_messages: 'notice',
  enable_seqscan: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
};

export function createExplainedDatabase(url: string): ExplainedDatabase {
  const told: string[] = [];
  let rowsToNode = 0;
  const database = createDatabase(withSettings(url));
  database.pool.on('connect', (client) => {
    client.on('notice', ({ message }) => {
      if (message !== undefined && message.startsWith('duration:')) told.push(message);
    });
    countRows(client, (rows) => (rowsToNode += rows));
  });
  return {
    database,
    async costOf(work) {
      told.length = 0;
      rowsToNode = 0;
      await work();
      const statements = new Map<string, StatementCost>();
      for (const message of told) add(statements, costIn(message));
      return { statements, rowsToNode };
    },
  };
}

function withSettings(url: string): string {
  const asked = new URL(url);
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  asked.searchParams.set('options', options.join(' '));
  return asked.toString();
}

/**
 * A statement on a client gives a promise of its result, one on the pool comes here with a callback; streams (COPY)
 * have neither and are left alone.
 */
function countRows(client: pg.ClientBase, onRows: (rows: number) => void): void {
  const send = client.query.bind(client) as (...given: readonly unknown[]) => unknown;
  const counted = (...given: readonly unknown[]): unknown => {
    const back = given.at(-1);
    if (typeof back === 'function')
      return send(...given.slice(0, -1), (error: unknown, result: unknown) => {
        onRows(rowsOf(result));
        back(error, result);
      });
    const sent = send(...given);
    if (sent instanceof Promise)
      void sent.then(
        (result: unknown) => onRows(rowsOf(result)),
        () => undefined,
      );
    return sent;
  };
  Object.assign(client, { query: counted });
}

function rowsOf(result: unknown): number {
  const rows = typeof result === 'object' && result !== null && 'rows' in result ? result.rows : null;
  return Array.isArray(rows) ? rows.length : 0;
}

function costIn(message: string): StatementCost {
  const explained = JSON.parse(message.slice(message.indexOf('{'))) as { 'Query Text': string; Plan: PlanNode };
  const { Plan: plan } = explained;
  return {
    text: withoutLengths(explained['Query Text']),
    rowsRead: rowsIn(plan),
    buffers: pagesOf(plan) - pagesWrittenIn(plan),
  };
}

/** Of a node and all below it, as Postgres counts them. */
function pagesOf(node: PlanNode): number {
  return (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0);
}

/**
 * Where a row finds room, and which pages of its indexes are split for it, is luck: two rows were seen to touch 12
 * pages once and 127 another time, in a table of the same age.
 */
function pagesWrittenIn(node: PlanNode): number {
  const below = node.Plans ?? [];
  const own = isWrite(node) ? pagesOf(node) - below.reduce((sum, child) => sum + pagesOf(child), 0) : 0;
  return below.reduce((sum, child) => sum + pagesWrittenIn(child), own);
}

/** The statements inside of a function are told on their own, and what it read is counted there. */
function isWrite(node: PlanNode): boolean {
  return node['Node Type'] === 'ModifyTable' || node['Node Type'] === 'Function Scan';
}

/**
 * They hand on the rows of the node below, or only find them for the one above (bitmaps), where they are counted. Which
 * of them a plan has, the planner chooses between ways of equal cost: the same statement was seen with two more of them
 * in a table of twice the age.
 */
const passing: ReadonlySet<string> = new Set([
  'Append',
  'Bitmap Index Scan',
  'BitmapAnd',
  'BitmapOr',
  'Merge Append',
  'Sort',
  'Incremental Sort',
  'Limit',
  'Subquery Scan',
  'Result',
]);

function rowsIn(node: PlanNode): number {
  const loops = node['Actual Loops'] ?? 1;
  const own =
    (passing.has(node['Node Type'] ?? '') ? 0 : (node['Actual Rows'] ?? 0)) +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0);
  return (node.Plans ?? []).reduce((sum, child) => sum + rowsIn(child), Math.round(own * loops));
}

/** One statement whatever the number of values in a list. */
function withoutLengths(text: string): string {
  return text
    .replace(/\$\d+(, \$\d+)+/g, '$…')
    .replace(/\$\d+/g, '$')
    .replace(/\s+/g, ' ')
    .trim();
}

function add(statements: Map<string, StatementCost>, cost: StatementCost): void {
  const before = statements.get(cost.text);
  statements.set(
    cost.text,
    before === undefined
      ? cost
      : { ...cost, rowsRead: before.rowsRead + cost.rowsRead, buffers: before.buffers + cost.buffers },
  );
}
