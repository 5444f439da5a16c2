import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { choosePostgresAccount } from './postgres-account.ts';

const nameless = 54_321;
const file = fileURLToPath(new URL('./postgres-account.ts', import.meta.url));
/** Only root may become somebody else, and that somebody must be able to read this checkout. */
const canTry = process.getuid?.() === 0 && isOpenToAll(file);

test.skipIf(!canTry)(
  'a user id without a name runs Postgres in a user namespace, or is told in one sentence what to do ' +
    '(needs root: and a checkout that others may read)',
  () => {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const script = `
    import { choosePostgresAccount } from ${JSON.stringify(pathToFileURL(file).href)};
    import { findPostgresBinaries } from ${JSON.stringify(new URL('./postgres-binaries.ts', import.meta.url).href)};
    try {
      const nativeDir = await findPostgresBinaries();
      const { kind, prefix } = await choosePostgresAccount({ nativeDir, stateDir: '/tmp/nobody-has-this' });
      console.log(JSON.stringify({ kind, prefix }));
    } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })); }`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', tsx, '--input-type=module', '--eval', script], {
      uid: nameless,
      gid: nameless,
      encoding: 'utf8',
      cwd: '/',
    });
    const answer: unknown = JSON.parse(stdout === '' ? `{"stderr":${JSON.stringify(stderr)}}` : stdout);
    const refused = { code: 'unavailable', message: expect.stringMatching(/user id 54321 has none/) };
    expect([{ kind: 'namespace', prefix: ['unshare', '--user'] }, refused]).toContainEqual(answer);
  },
);

describe('a database that is there', () => {
  const isRoot = process.getuid?.() === 0;
  const folders: string[] = [];
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A state folder with a cluster in it, and a machine on which no user namespace can be made for a moment. */
  function machine(): { stateDir: string; sharedDir: string } {
    const folder = mkdtempSync(join(tmpdir(), 'perennial-account-'));
    folders.push(folder);
    const made = { stateDir: join(folder, 'state'), sharedDir: join(folder, 'shared') };
    mkdirSync(join(made.stateDir, 'postgres', 'data'), { recursive: true });
    mkdirSync(made.sharedDir);
    writeFileSync(join(folder, 'unshare'), '#!/bin/sh\necho busy\nexit 1\n', { mode: 0o755 });
    process.env['PATH'] = `${folder}:${path ?? ''}`;
    return made;
  }

  test.skipIf(!isRoot)('is never passed over for an empty one elsewhere (needs root: to run as another)', async () => {
    const { stateDir, sharedDir } = machine();
    await expect(choosePostgresAccount({ nativeDir: '/nowhere', stateDir, sharedDir })).rejects.toMatchObject({
      code: 'unavailable',
      message:
        `The database in ${stateDir}/postgres runs as root of a user namespace, ` + 'which cannot be made now (busy).',
    });
    expect(readdirSync(sharedDir)).toEqual([]);
  });

  test.skipIf(!isRoot)(
    'beside another one is refused, since neither may be guessed (needs root: as above)',
    async () => {
      const { stateDir, sharedDir } = machine();
      const elsewhere = join(sharedDir, 'of-this-state');
      mkdirSync(join(elsewhere, 'data'), { recursive: true });
      writeFileSync(join(stateDir, 'postgres', 'elsewhere'), `${elsewhere}\n`);
      await expect(choosePostgresAccount({ nativeDir: '/nowhere', stateDir, sharedDir })).rejects.toMatchObject({
        code: 'configuration',
        message: `There are two databases of this state folder, in ${stateDir}/postgres and in ${elsewhere}.`,
      });
    },
  );
});

function isOpenToAll(path: string): boolean {
  for (let at = path; at !== '/'; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const needed = at === path ? constants.S_IROTH : constants.S_IXOTH;
    if ((statSync(at).mode & needed) === 0) return false;
  }
  accessSync(path);
  return true;
}
