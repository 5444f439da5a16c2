import { cardQuery, cardView, type CardFormat } from '../../../contracts/http/versions/card.ts';
import { versionParams } from '../../../contracts/http/requests.ts';
import { versionCard } from '../../../commands/record/version-card.ts';
import type { Api } from '../../../control/app.ts';
import type { ApiDependencies } from '../../../control/environment.ts';
import { documentOf } from '../../../domain/record/card/document-of.ts';
import { cardPolicy, writeHtml } from '../../../domain/record/card/write-html.ts';
import { writeMarkdown } from '../../../domain/record/card/write-markdown.ts';
import { answers } from '../../answers.ts';
import { contextsOver } from '../../context-of.ts';
import { secured } from '../../secured.ts';

const text = { schema: { type: 'string' } } as const;
const described = answers(cardView, 'As facts (`json`), or written for people (`md`, `html`).');

/** The model card of a version. */
export function cardRoutes(app: Api, dependencies: ApiDependencies): void {
  const contextOf = contextsOver(dependencies);
  app.openapi(
    secured(dependencies.database, {
      method: 'get',
      path: '/v1/models/{name}/versions/{version}/card',
      summary: 'The model card of a version',
      request: { params: versionParams, query: cardQuery },
      responses: {
        ...described,
        200: { ...described[200], content: { ...described[200].content, 'text/markdown': text, 'text/html': text } },
      },
    }),
    async (context) => {
      const { name: model, version } = context.req.valid('param');
      const card = await versionCard(contextOf(context), { model, version });
      const { format } = context.req.valid('query');
      if (format === 'json') return context.json(cardView.parse(card), 200);
      const { type, write } = writers[format];
      return context.body(write(documentOf(card)), 200, {
        'content-type': type,
        'content-security-policy': cardPolicy,
        'x-content-type-options': 'nosniff',
      });
    },
  );
}

const writers: Readonly<Record<Exclude<CardFormat, 'json'>, { readonly type: string; readonly write: Writer }>> = {
  html: { type: 'text/html; charset=utf-8', write: writeHtml },
  md: { type: 'text/markdown; charset=utf-8', write: writeMarkdown },
};
type Writer = (document: ReturnType<typeof documentOf>) => string;
