import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PerennialError } from '../domain/words/errors.ts';
import { isSigned, manifestSignature } from './sign-manifest.ts';

const table = z.object({
  name: z.string().regex(/^[a-z_]{1,63}$/),
  columns: z.array(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/)),
  rows: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** SHA-256 of the file `tables/<name>.copy.gz`. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifest = z.object({
  formatVersion: z.literal(1),
  takenAt: z.string(),
  installationId: z.string().nullable(),
  temporalNamespace: z.string().nullable(),
  /** Last row of the audit in it; restoring proves the chain up to here. */
  auditHead: z.object({ seq: z.int(), hash: z.string() }).nullable(),
  migrations: z.array(z.object({ tag: z.string().regex(/^[\w-]+$/), digest: z.string() })),
  tables: z.array(table),
  sequences: z.array(
    z.object({ name: z.string().regex(/^[a-z_]{1,63}$/), last: z.string().regex(/^\d+$/).nullable() }),
  ),
  /** Digests of the artifacts that were in the store; their bytes lie in `../artifacts`. */
  artifacts: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  /** Named by versions and snapshots, and not in the store: lost already when the back-up was taken. */
  missingArtifacts: z.array(z.string()),
  /** Absent in back-ups of releases before they were signed. */
  signature: manifestSignature.optional(),
});

export type BackupManifest = z.infer<typeof manifest>;

/** Written last: a folder without it was interrupted and counts as none. */
export const manifestName = 'manifest.json';
/**
 * Bytes of all back-ups in a folder, by digest: an artifact never changes, so the next back-up adds only what is new.
 */
export const artifactsName = 'artifacts';

export const tableFile = (folder: string, name: string): string => path.join(folder, 'tables', `${name}.copy.gz`);

export interface FoundBackup {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** The key that signed it, proven; null for a back-up of an earlier release, which nobody signed. */
  readonly signedBy: string | null;
}

/**
 * The folder of one back-up and what it holds. Throws `not_found`, naming what is there, `invalid_data`, or
 * `artifact_corrupt` for a manifest that is not what was signed.
 */
export async function readManifest(root: string, at: string | null): Promise<FoundBackup> {
  const names = (await readdir(root, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory() && /^\d{4}-\d{2}-\d{2}T[\d-]+Z$/.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
  const wanted = at ?? names.at(-1);
  if (wanted === undefined || !names.includes(wanted)) {
    throw new PerennialError(
      'not_found',
      at === null ? `There is no back-up in ${root}.` : `There is no back-up ${at} in ${root}.`,
      {
        path: root,
        hint:
          names.length === 0
            ? 'Name the folder that was given to `perennial backup --to`.'
            : `There are ${names.slice(-10).join(', ')}.`,
      },
    );
  }
  const folder = path.join(root, wanted);
  const text = await readFile(path.join(folder, manifestName), 'utf8').catch(() => null);
  if (text === null) throw unfit(folder, 'it has no manifest, so it was interrupted');
  const { said, parsed } = parse(folder, text);
  if (parsed.signature !== undefined && !isSigned(said, parsed.signature)) throw notAsSigned(folder, parsed.signature);
  return { folder, manifest: parsed, signedBy: parsed.signature?.publicKey ?? null };
}

function parse(folder: string, text: string): { said: Record<string, unknown>; parsed: BackupManifest } {
  try {
    const said = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    return { said, parsed: manifest.parse(said) };
  } catch (cause) {
    throw unfit(folder, 'its manifest is damaged or of a later release', cause);
  }
}

function notAsSigned(folder: string, { publicKey }: { readonly publicKey: string }): PerennialError {
  const file = path.join(folder, manifestName);
  return new PerennialError('artifact_corrupt', `${file} is not what ${publicKey} signed: it was changed since.`, {
    path: file,
    hint: 'Take another back-up with --at, and find out who can write here; nothing was restored.',
  });
}

function unfit(folder: string, why: string, cause?: unknown): PerennialError {
  return new PerennialError('invalid_data', `${folder} is no back-up that can be used: ${why}.`, {
    path: folder,
    hint: 'Take another one with --at.',
    cause,
  });
}
