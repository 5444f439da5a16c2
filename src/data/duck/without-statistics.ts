import type { Duck } from './connect.ts';

/**
 * Does work in which the engine takes no statistics on trust. It would answer whether a number is within bounds, or
 * whether any cell is missing, by what the footer of a Parquet file says of all of them, and a foreign one may say
 * anything.
 */
export async function withoutStatistics<Result>(duck: Pick<Duck, 'run'>, work: () => Promise<Result>): Promise<Result> {
  await duck.run("SET disabled_optimizers = 'statistics_propagation'");
  try {
    return await work();
  } finally {
    await duck.run('RESET disabled_optimizers');
  }
}
