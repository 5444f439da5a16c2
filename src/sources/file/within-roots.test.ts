import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openWithin, refuseOutside } from './within-roots.ts';

/** What happens between the check and the opening. */
const race = vi.hoisted((): { meanwhile: (() => Promise<void>) | null } => ({ meanwhile: null }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (...given: Parameters<typeof real.open>) => {
      await race.meanwhile?.();
      return real.open(...given);
    },
  };
});

let dir: string;
let root: string;
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'roots-')));
  root = join(dir, 'payments');
  await mkdir(join(root, 'deep'), { recursive: true });
  await mkdir(join(dir, 'payments-of-others'));
  await writeFile(join(root, 'own.csv'), 'a\n1\n');
  await writeFile(join(dir, 'payments-of-others', 'secret.csv'), 'secret\n');
  await writeFile(join(dir, 'secret.csv'), 'secret\n');
  await symlink(join(dir, 'secret.csv'), join(root, 'link.csv'));
  await symlink(dir, join(root, 'up'));
  await symlink(join(root, 'own.csv'), join(root, 'inner.csv'));
  await symlink(root, join(dir, 'alias'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function read(file: string, roots: readonly string[] = [root], stateDir?: string): Promise<string> {
  const handle = await openWithin(file, { roots, ...(stateDir === undefined ? {} : { stateDir }) });
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

const outside = /lies outside of the source roots of this model\.$/;
const leadsOut = /leads outside of the source roots of this model\.$/;

describe('a file within the roots is read', () => {
  test.each([
    ['by its path', () => join(root, 'own.csv')],
    ['through a folder and back', () => join(root, 'deep', '..', 'own.csv')],
    ['by a link that stays inside', () => join(root, 'inner.csv')],
  ])('%s', async (_, file) => expect(await read(file())).toBe('a\n1\n'));

  test('when the root is a link itself, by both of its names', async () => {
    expect(await read(join(dir, 'alias', 'own.csv'), [join(dir, 'alias')])).toBe('a\n1\n');
    expect(await read(join(root, 'own.csv'), [join(dir, 'alias')])).toBe('a\n1\n');
  });

  test('when the root is this one file, and nothing beside it', async () => {
    const roots = [join(root, 'own.csv')];
    expect(await read(join(root, 'own.csv'), roots)).toBe('a\n1\n');
    await expect(read(join(root, 'deep', '..', 'link.csv'), roots)).rejects.toThrow(outside);
  });
});

describe('everything else is refused, at apply and at read', () => {
  test.each([
    ['an absolute path', () => join(dir, 'secret.csv'), outside],
    ['dots', () => `${root}/../secret.csv`, outside],
    ['a folder whose name begins alike', () => `${root}-of-others/secret.csv`, outside],
    ['a link', () => join(root, 'link.csv'), leadsOut],
    ['a folder that is a link', () => join(root, 'up', 'secret.csv'), leadsOut],
  ])('%s', async (_, file, words) => {
    await expect(read(file())).rejects.toMatchObject({ code: 'invalid_data', message: expect.stringMatching(words) });
    await expect(refuseOutside(file(), { roots: [root] })).rejects.toMatchObject({
      message: expect.stringMatching(words),
    });
  });

  test('where nothing is declared, even a file that is there', async () => {
    await expect(read(join(root, 'own.csv'), [])).rejects.toThrow(/no source root is declared for this model/);
  });

  test('outside, what is there and what is not are told in the same words', async () => {
    const said = async (name: string) =>
      refuseOutside(join(dir, name), { roots: [root] }).catch((error: Error) => error.message.replace(name, ''));
    expect(await said('secret.csv')).toBe(await said('nothing.csv'));
  });

  test('a link that is laid after the check and before the opening', async () => {
    const file = join(root, 'swapped.csv');
    await writeFile(file, 'a\n1\n');
    race.meanwhile = async () => {
      await symlink(join(dir, 'secret.csv'), `${file}.new`);
      await rename(`${file}.new`, file);
    };
    try {
      await expect(read(file)).rejects.toThrow(leadsOut);
    } finally {
      race.meanwhile = null;
    }
  });
});

test('what is not there yet may be applied: the worker may be another machine', async () => {
  await expect(refuseOutside(join(root, 'tomorrow.csv'), { roots: [root] })).resolves.toBeUndefined();
});

describe('a state folder below a root', () => {
  const own = () => join(dir, 'state');
  beforeAll(async () => {
    for (const state of [own(), join(dir, '.perennial')]) {
      await mkdir(join(state, 'demo'), { recursive: true });
      await mkdir(join(state, 'train'));
      for (const name of ['tokens.json', 'history.csv', 'demo/history.csv', 'demo/tokens.json', 'train/rows.csv'])
        await writeFile(join(state, name), name);
    }
    await symlink(join(own(), 'tokens.json'), join(dir, 'harmless.csv'));
  });
  const ofState = /belongs to the state of Perennial\.$/;

  test.each(['tokens.json', 'demo/tokens.json', 'train/rows.csv'])('%s is no source', async (name) => {
    await expect(read(join(own(), name), [dir], own())).rejects.toMatchObject({ code: 'invalid_data' });
    await expect(read(join(own(), name), [dir], own())).rejects.toThrow(ofState);
    await expect(read(join(own(), name), [own()], own())).rejects.toThrow(ofState);
    await expect(refuseOutside(join(own(), name), { roots: [dir], stateDir: own() })).rejects.toThrow(ofState);
    // Called like one, it needs nobody to say so.
    await expect(read(join(dir, '.perennial', name), [dir])).rejects.toThrow(ofState);
  });

  test('nor is what a link in another folder leads to there', async () => {
    await expect(read(join(dir, 'harmless.csv'), [dir], own())).rejects.toThrow(ofState);
  });

  test.each(['history.csv', 'demo/history.csv'])('%s, a table of a demo, may be read', async (name) => {
    expect(await read(join(own(), name), [dir], own())).toBe(name);
    expect(await read(join(dir, '.perennial', name), [dir])).toBe(name);
  });

  test('and so may a folder in it that was declared itself', async () => {
    expect(await read(join(own(), 'train', 'rows.csv'), [join(own(), 'train')], own())).toBe('train/rows.csv');
    expect(await read(join(dir, '.perennial', 'train', 'rows.csv'), [join(dir, '.perennial', 'train')])).toBe(
      'train/rows.csv',
    );
  });
});
