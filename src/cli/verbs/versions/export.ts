import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { versionExport, type VersionExport } from '../../../contracts/http/versions/export.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { sayBytes } from '../../../domain/words/say.ts';
import { download } from '../../../stack/download.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';
import { versionNumber } from '../../line/version-number.ts';

export const exportVerb: Verb = {
  name: 'export',
  about: 'Take a version out as a signed folder: model, card, definition. It is written into the audit.',
  words: ['<model>', '<version>'],
  flags: [
    { name: 'output', kind: 'text', value: 'DIR', about: 'A new or empty folder (default: <model>-v<version>).' },
  ],
  examples: ['perennial export fraud 3', 'perennial export fraud 3 --output /media/release/fraud'],
  async run({ words: [model = '', given = ''], config, out, text }) {
    const version = versionNumber(given, model);
    const folder = path.resolve(text('output') ?? `${model}-v${version}`);
    await refuseFull(folder);
    const { controlUrl, token } = await findStack(config);
    const base = `${controlUrl}/v1/models/${encodeURIComponent(model)}/versions/${version}`;
    const found = await request(versionExport, { method: 'GET', url: `${base}/export`, token });
    await writeFolder(folder, found, (file) => download({ url: `${base}/model.onnx`, token }, file));
    const { modelFile, signature } = found;
    const names = [...found.files.map(({ name }) => name), modelFile.name, signature.name].toSorted();
    out.line(`${folder}: ${names.join(', ')} (${modelFile.name}: ${sayBytes(modelFile.bytes)})`);
    out.line(`Signed with the key ${signature.keyFingerprint}: \`perennial signing-key show\` has its public half.`);
    const verify = `model_signing verify key ${folder} --signature ${path.join(folder, signature.name)}`;
    out.line(`Verify: ${verify} --public_key signing-key.pub`);
    out.json({ model, version, folder, files: names, modelDigest: modelFile.digest, key: signature.keyFingerprint });
  },
};

/** What is there already would either be lost or be signed for by nobody. */
async function refuseFull(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unwritable(folder, error);
  });
  if (there.length > 0)
    throw new PerennialError('conflict', `${folder} is not empty.`, { path: '--output', hint: 'Name a new folder.' });
}

/** There whole or not at all: it is written beside its place and then moved there. */
async function writeFolder(
  folder: string,
  { files, modelFile, signature }: VersionExport,
  fetchModel: (file: string) => Promise<unknown>,
): Promise<void> {
  const part = await newFolder(folder);
  try {
    const model = path.join(part, modelFile.name);
    await fetchModel(model);
    if ((await digestOf(model)) !== modelFile.digest)
      throw new PerennialError('artifact_corrupt', 'The model file that came is not the one that was signed.', {
        path: modelFile.name,
        hint: 'Ask again; `perennial history` says whether its file is damaged.',
      });
    for (const { name, text } of [...files, signature])
      // oxlint-disable-next-line no-await-in-loop -- a handful of small files
      await writeFile(path.join(part, name), text, { flag: 'wx' });
    await rmdir(folder).catch(() => undefined);
    await rename(part, folder);
  } catch (error) {
    throw error instanceof PerennialError ? error : unwritable(folder, error);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function newFolder(folder: string): Promise<string> {
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    return await mkdtemp(`${folder}.part-`);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function unwritable(folder: string, cause: unknown): PerennialError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given';
  return new PerennialError('invalid_request', `${folder} cannot be written (${code}).`, {
    path: '--output',
    hint: 'Name a folder that you may write to.',
    cause,
  });
}
