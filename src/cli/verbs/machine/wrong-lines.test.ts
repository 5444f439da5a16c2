import { expect, test } from 'vitest';
import { parseDemo } from '../../../demo/options.ts';
import { runDev } from './dev.ts';
import { parseWorker } from './worker-options.ts';

/** Verbs that start processes read their lines themselves. */
const verbs: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  'perennial dev': runDev,
  'perennial worker': parseWorker,
  'npm run demo --': parseDemo,
};

test.each(Object.entries(verbs))(
  '%s refuses a wrong line in one sentence, and says where help is',
  async (verb, read) => {
    for (const args of [['--nonsense'], ['extra', 'words'], ['--json=maybe', '--nonsense']])
      // oxlint-disable-next-line no-await-in-loop -- one line after the other
      await expect((async () => read(args))(), args.join(' ')).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(/^[^.\n]+\.$/),
        hint: `See \`${verb} --help\`.`,
      });
  },
);
