import { readFileSync } from 'node:fs';
import { sha256 } from '../../artifacts/digest.ts';
import type { Api } from '../../control/app.ts';

/**
 * A file of the pages, read once and served from memory; its address changes with its bytes, so caches may keep it for
 * ever.
 */
interface Asset {
  readonly body: string;
  readonly type: string;
  readonly href: string;
}

/** In the order of the cascade: a later sheet may refine an earlier one. */
const styleSheets = ['tokens', 'base', 'panels', 'tables', 'forms', 'pages', 'charts', 'lineage'];

function read(relative: string): string {
  return readFileSync(new URL(relative, import.meta.url), 'utf8');
}

function assetOf(path: string, type: string, body: string): Asset {
  return { body, type, href: `${path}?v=${sha256(body).slice(0, 12)}` };
}

export const styles = assetOf(
  '/assets/perennial.css',
  'text/css; charset=utf-8',
  styleSheets.map((name) => read(`../styles/${name}.css`)).join('\n'),
);
export const script = assetOf('/assets/perennial.js', 'text/javascript; charset=utf-8', read('../script/perennial.js'));
const icon = assetOf('/assets/perennial.svg', 'image/svg+xml', read('../styles/icon.svg'));
export const iconHref = icon.href;

/**
 * The three files of the pages. Public: a sign-in page without its style sheet helps nobody, and they hold no facts.
 */
export function assetRoutes(app: Api): void {
  for (const asset of [styles, script, icon]) {
    const path = asset.href.slice(0, asset.href.indexOf('?'));
    app.get(path, (context) => {
      // An address without its hash is not pinned to these bytes.
      const isPinned = context.req.query('v') !== undefined;
      return context.body(asset.body, 200, {
        'content-type': asset.type,
        'x-content-type-options': 'nosniff',
        'cache-control': isPinned ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
    });
  }
}
