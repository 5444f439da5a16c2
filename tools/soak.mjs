// What needs more than five minutes or 300 MB and is therefore in no `npm test`: one after the other, or those that are
// named.
//   npm run soak -- [NAME ...]
import { spawn } from 'node:child_process';
import process from 'node:process';
import { prepareOrExit, rootDir } from '../bin/prepare.mjs';

const soaks = [
  { name: 'chaos', about: 'a thousand kills over lives of models', args: ['run', 'chaos', '--', '--kills', '1000'] },
  {
    name: 'flakes',
    about: 'every suite ten times under load, shuffled',
    args: ['run', 'flakes', '--', '--runs', '10'],
  },
  {
    name: 'tables',
    about: 'demos over tables at the edge of what can be learned from',
    args: ['exec', '--', 'vitest', 'run', '--project', 'soak', 'tables'],
  },
  {
    name: 'pytorch',
    about: 'the example with PyTorch, killed and gone on with (its packages are large)',
    args: ['exec', '--', 'vitest', 'run', '--project', 'soak', 'pytorch'],
  },
  {
    name: 'histories',
    about: '100,000 random histories of routing against a model, 500 on Postgres, and 30 of traffic and its snapshots',
    args: ['exec', '--', 'vitest', 'run', '--project', 'unit', '--project', 'database', 'histories'],
  },
  {
    name: 'fuzz',
    about: 'made-up requests to every route of both APIs',
    args: ['exec', '--', 'vitest', 'run', '--project', 'integration', 'schemathesis'],
  },
  {
    name: 'answers',
    about: 'every life of a model while the answer of each activity is lost once',
    args: ['exec', '--', 'vitest', 'run', '--project', 'integration', 'loop/loop'],
  },
  {
    name: 'outage',
    about: 'Postgres away for 31 minutes, with commands and a training that wait',
    // The others of that file shorten the patience of the product.
    args: ['exec', '--', 'vitest', 'run', '--project', 'integration', 'loop/outage', '-t', 'while Postgres is away'],
  },
  { name: 'pages', about: 'every page over 200 models and a million predictions', args: ['run', 'bench:pages'] },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !soaks.some((soak) => soak.name === name));
if (unknown.length > 0) {
  const known = soaks.map(({ name, about }) => `${name} (${about})`).join(', ');
  process.stderr.write(`error: there is no soak "${unknown[0]}"; there is: ${known}.\n`);
  process.exit(2);
}
await prepareOrExit();
const failed = [];
for (const { name, about, args } of soaks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`== ${name}: ${about}\n`);
  const child = spawn('npm', args, {
    cwd: rootDir,
    stdio: 'inherit',
    env: { ...process.env, PERENNIAL_SOAK: '1' },
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? 'every soak held\n' : `failed: ${failed.join(', ')}\n`);
process.exit(failed.length === 0 ? 0 : 1);
