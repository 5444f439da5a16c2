import {
  snapshotTagDetail,
  snapshotTagList,
  type SnapshotTagDetail,
  type SnapshotTagView,
} from '../../../../contracts/http/data/snapshot-tags.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const snapshotTagsVerb: Verb = {
  name: 'snapshot tags',
  about: 'Names of datasets of a model, what is published to whom, what it subscribes to; or one name with its moves.',
  words: ['<model>', '[tag]'],
  flags: [],
  examples: ['perennial snapshot tags fraud', 'perennial snapshot tags fraud clean'],
  async run({ words: [model = '', tag], config, out }) {
    const stack = await findStack(config);
    const all = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/snapshot-tags`;
    if (tag !== undefined) {
      const url = `${all}/${encodeURIComponent(tag)}`;
      const found = await request(snapshotTagDetail, { method: 'GET', url, token: stack.token });
      for (const line of linesOf(found)) out.line(line);
      out.json(found);
      return;
    }
    const { tags, subscriptions } = await request(snapshotTagList, { method: 'GET', url: all, token: stack.token });
    const rows = tags.map((one) => [one.tag, short(one.digest), shortInstant(one.at), one.by, sayPublished(one)]);
    for (const line of columns([['TAG', 'DIGEST', 'MOVED (UTC)', 'BY', 'PUBLISHED'], ...rows])) out.line(line);
    for (const { publisher, tag: of, throughEdition } of subscriptions)
      out.line(`Subscribes to "${of}" of ${publisher}, after edition ${throughEdition}.`);
    out.json({ model, tags, subscriptions });
  },
};

function linesOf(found: SnapshotTagDetail): string[] {
  return [
    `${found.tag}: ${short(found.digest)}; ${sayPublished(found)}`,
    ...found.moves.map(({ digest, by, reason, at }) => `  ${shortInstant(at)} ${short(digest)} by ${by}: ${reason}`),
    ...found.editions.map(
      ({ edition, digest, by, reason, at }) =>
        `  edition ${edition}, ${shortInstant(at)}: ${short(digest)} by ${by}: ${reason}`,
    ),
    ...found.subscribers.map((model) => `  ${model} subscribes`),
  ];
}

function sayPublished({ published }: Pick<SnapshotTagView, 'published'>): string {
  if (published === null) return 'not published';
  if (published.withdrawnAt !== null) return `withdrawn after edition ${published.edition}`;
  const may = (what: string, globs: readonly string[]) => (globs.length === 0 ? '' : `, ${what} ${globs.join(' ')}`);
  const rights = `${may('readers', published.readers)}${may('subscribers', published.subscribers)}`;
  return `edition ${published.edition} ${short(published.digest)}${rights === '' ? ', nobody else' : rights}`;
}

function short(digest: string | null): string {
  return digest === null ? '(none)' : digest.slice(0, 16);
}
