import { createRequire } from 'node:module';
import { z } from 'zod';
import { errorsPage } from '../../contracts/openapi/errors-page.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Api } from '../../control/app.ts';
import { docsAsset, docsFiles } from '../docs/assets.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { guard } from '../../control/guard.ts';
import { cut } from '../../domain/words/cut.ts';

const version = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('swagger-ui-dist/package.json')).version;

/**
 * The reference page: its assets come from here, nothing from elsewhere. No token is needed to read what can be asked.
 */
export function docsRoutes(app: Api, { database, inferenceUrl }: ApiDependencies): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policyFor(inferenceUrl),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
  app.get('/docs', guard(database, 'get', '/docs'), (context) => context.body(page, 200, headers));
  app.get('/docs/errors', guard(database, 'get', '/docs/errors'), (context) =>
    context.body(errorsPage(), 200, headers),
  );
  app.get('/docs/assets/:file', guard(database, 'get', '/docs/assets/{file}'), async (context) => {
    const name = context.req.param('file');
    const asset = await docsAsset(name);
    if (asset === null)
      throw new PerennialError('not_found', `There is no asset "${cut(name, 100)}" (assets: ${docsFiles.join(', ')}).`);
    const canZip = asset.zipped !== null && /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
    return context.body(canZip && asset.zipped !== null ? asset.zipped : asset.bytes, 200, {
      'content-type': asset.type,
      'x-content-type-options': 'nosniff',
      // The page asks for them by version: what is under one address never changes.
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(canZip ? { 'content-encoding': 'gzip' } : {}),
    });
  });
}

/** Narrow, and this page's own: its style sheet draws its icons from data: addresses. */
function policyFor(inferenceUrl: string | undefined): string {
  const connect = inferenceUrl === undefined ? "'self'" : `'self' ${new URL(inferenceUrl).origin}`;
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; ` +
    `connect-src ${connect}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`
  );
}

const aboutToken =
  'Paste a token that begins with <code>prn_</code> to try requests. <code>npm run dev</code> writes the first ones ' +
  'to <code>.perennial/tokens.json</code>: <em>admin</em> for everything here, ' +
  '<em>predictor</em> for predictions. It stays in this tab.';

const aboutModel =
  'The calls of one model, with its own fields: <code>/docs?model=NAME</code>. ' +
  'Codes of refusals: <a href="/docs/errors">/docs/errors</a>.';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reference · Perennial</title>
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png?v=${version}">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css?v=${version}">
<link rel="stylesheet" href="/docs/assets/reference.css?v=${version}">
</head>
<body>
<header class="about">
<label for="token">Token</label><br>
<input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="prn_…">
<p>${aboutToken}</p>
<p>${aboutModel}</p>
</header>
<div id="reference"></div>
<script src="/docs/assets/swagger-ui-bundle.js?v=${version}"></script>
<script src="/docs/assets/reference.js?v=${version}"></script>
</body>
</html>
`;
