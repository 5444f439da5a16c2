import { readFileSync } from 'node:fs';

/** The version of this product, from package.json: what pages, documents and protocols say. */
export const productVersion = versionOf(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

function versionOf(text: string): string {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string'
    ? parsed.version
    : '?';
}
