import { playTable } from '../../../demo/table.ts';
import { demoHelp, parseDemo } from '../../../demo/options.ts';
import { playWorld } from '../../../demo/world.ts';

/** The whole loop on this machine; exit code 0 only if it really closed. */
export async function runDemo(args: readonly string[]): Promise<number> {
  const options = parseDemo(args);
  if (options.help) {
    process.stdout.write(`${demoHelp}\n`);
    return 0;
  }
  return options.data === null ? playWorld(options) : playTable(options, options.data);
}
