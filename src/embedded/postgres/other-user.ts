import { createHash } from 'node:crypto';
import { chown, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { lastLines, runCommand } from '../process/run-command.ts';
import { nullWhereAbsent } from '../process/null-where-absent.ts';

/** How Postgres runs: it refuses to run as root. */
export interface PostgresAccount {
  readonly kind: 'self' | 'namespace' | 'other-user';
  /** Words put before the command. */
  readonly prefix: readonly string[];
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly nativeDir: string;
  /** Folder that holds `data`. */
  readonly homeDir: string;
}

/** A program that only prints its version, on a machine that is busy with everything else. */
export const probeLimitMs = 30_000;

export const digest = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 12);

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

interface OtherPlaces {
  readonly nativeDir: string;
  /** A folder that everybody may enter. */
  readonly sharedDir: string;
  readonly homeDir: string;
}

/** Runs the programs of a copy that this user may read, on data in a folder of its own. Throws why it cannot. */
export async function asOtherUser(
  { uid, gid }: Ids,
  { nativeDir, sharedDir, homeDir }: OtherPlaces,
): Promise<PostgresAccount> {
  const version = await readFile(path.join(nativeDir, '..', 'package.json'), 'utf8');
  const copy = path.join(sharedDir, `postgres-${digest(nativeDir + version)}`);
  await mkdir(sharedDir, { recursive: true, mode: 0o755 });
  if ((await ownerOf(copy)) === null) {
    const draft = `${copy}.${process.pid}`;
    await cp(nativeDir, draft, { recursive: true, verbatimSymlinks: true });
    // Another start may have been first: then its copy is as good.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  const probe = await runCommand(path.join(copy, 'bin', 'initdb'), ['--version'], {
    limitMs: probeLimitMs,
    cwd: '/',
    uid,
    gid,
  });
  if (probe.code !== 0) throw new Error(lastLines(probe.output, 1));
  await mkdir(homeDir, { recursive: true, mode: 0o700 });
  await chown(homeDir, uid, gid);
  return { kind: 'other-user', prefix: [], uid, gid, nativeDir: copy, homeDir };
}

/** Throws where this machine has no such user. */
export async function idsOf(name: string): Promise<Ids> {
  const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
  return { uid, gid };
}

async function idOf(flag: string, name: string): Promise<number> {
  const result = await runCommand('id', [flag, name], { limitMs: probeLimitMs });
  const id = Number(result.output.trim());
  if (result.code !== 0 || !Number.isInteger(id) || id === 0) throw new Error('there is no such user');
  return id;
}

/** Null where there is nothing. */
export async function ownerOf(folder: string): Promise<Ids | null> {
  const found = await stat(folder).catch(nullWhereAbsent);
  return found === null ? null : { uid: found.uid, gid: found.gid };
}
