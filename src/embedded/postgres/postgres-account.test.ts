import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

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

function isOpenToAll(path: string): boolean {
  for (let at = path; at !== '/'; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const needed = at === path ? constants.S_IROTH : constants.S_IXOTH;
    if ((statSync(at).mode & needed) === 0) return false;
  }
  accessSync(path);
  return true;
}
