import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import type { SourceView } from '../../src/contracts/http/data/sources.ts';
import { findKafkaJars, missingOfKafka } from '../worlds/kafka-jars.ts';
import { ownEngines } from '../worlds/own-engines.ts';
import { missingOf } from '../worlds/python-tool.ts';
import { findWeed } from '../worlds/s3.ts';
import { titled } from '../worlds/tools.ts';

const missing = missingOf(await findWeed()) ?? missingOfKafka(await findKafkaJars());

test.skipIf(missing !== null)(
  titled('one command trains a model on a bucket, a table and a topic, and again on what came to them', missing),
  () => {
    const told = spawnSync('npm', ['run', '--silent', 'example:team', '--', '--once', '--json'], {
      cwd: rootDir,
      encoding: 'utf8',
      env: ownEngines(process.env),
    });
    expect({ status: told.status, stderr: told.stderr }).toMatchObject({ status: 0 });
    const { sources } = JSON.parse(told.stdout) as { readonly sources: readonly SourceView[] };
    const rowsOf = (view: SourceView) => Object.fromEntries(view.members.map(({ name, rows }) => [name, rows]));
    expect(sources.map(rowsOf)).toEqual([
      { archive: 1_500, shop: 800, live: 300 },
      { archive: 1_700, shop: 900, live: 350 },
    ]);
    expect(sources[1]).toMatchObject({ rows: 2_950, failures: 0, problem: null });
  },
);
