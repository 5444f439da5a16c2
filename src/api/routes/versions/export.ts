import { signingKeyView, versionExport } from '../../../contracts/http/versions/export.ts';
import { versionParams } from '../../../contracts/http/requests.ts';
import { exportVersion } from '../../../commands/record/export-version.ts';
import { showSigningKey } from '../../../commands/record/show-signing-key.ts';
import { versionFile } from '../../../commands/record/version-file.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { answers, fileAnswer } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

/** A version taken out: what is signed, the file that it speaks of, and whose signature it is. */
export function versionExportRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  const { database } = dependencies;
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/versions/{version}/export',
      summary: 'A version as a signed folder, without its model file',
      request: { params: versionParams },
      responses: answers(
        versionExport,
        'The files, and the signature of OpenSSF Model Signing. Written into the audit.',
      ),
    }),
    async (context) => {
      const { name: model, version } = context.req.valid('param');
      return context.json(await exportVersion(contextOf(context), { model, version }, dependencies), 200);
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/models/{name}/versions/{version}/model.onnx',
      summary: 'The model file of a version',
      request: { params: versionParams },
      responses: fileAnswer('The ONNX file.'),
    }),
    async (context) => {
      const { name: model, version } = context.req.valid('param');
      const { bytes, digest, open } = await versionFile(contextOf(context), { model, version }, dependencies.store);
      return context.body(open(), 200, {
        'content-type': 'application/octet-stream',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${model}-v${version}.onnx"`,
        'repr-digest': `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`,
      });
    },
  );
  app.openapi(
    secured(database, {
      method: 'get',
      path: '/v1/signing-key',
      summary: 'The public key that verifies exports',
      responses: answers(signingKeyView, 'To be kept apart from what it verifies.'),
    }),
    async (context) => context.json(await showSigningKey(dependencies), 200),
  );
}
