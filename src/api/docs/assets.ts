import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface DocsAsset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer> | null;
}

/** The only files that are served, by their names: a path from a request never reaches the file system. */
const vendored: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-bundle.js.LICENSE.txt': 'text/plain; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};
const own: Readonly<Record<string, string>> = {
  'reference.js': 'text/javascript; charset=utf-8',
  'reference.css': 'text/css; charset=utf-8',
};

export const docsFiles: readonly string[] = [...Object.keys(vendored), ...Object.keys(own)];

const loaded = new Map<string, Promise<DocsAsset>>();

/** A file of the reference page, read once; null for any other name. */
export async function docsAsset(name: string): Promise<DocsAsset | null> {
  const isVendored = Object.hasOwn(vendored, name);
  if (!isVendored && !Object.hasOwn(own, name)) return null;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const type = (isVendored ? vendored[name] : own[name]) ?? 'application/octet-stream';
  const folder = isVendored
    ? path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
    : import.meta.dirname;
  const reading = read(path.join(folder, name), type);
  loaded.set(name, reading);
  // A failed read is tried again.
  reading.catch(() => loaded.delete(name));
  return reading;
}

async function read(file: string, type: string): Promise<DocsAsset> {
  const bytes = new Uint8Array(await readFile(file));
  const isText = type.startsWith('text/');
  return { type, bytes, zipped: isText ? new Uint8Array(await promisify(gzip)(bytes)) : null };
}
