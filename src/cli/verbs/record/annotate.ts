import { annotationKinds } from '../../../domain/record/closed-sets.ts';
import { annotationList, annotationView } from '../../../contracts/http/command-requests.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Call, Verb } from '../../line/verb.ts';

export const annotateVerb: Verb = {
  name: 'annotate',
  about: 'Write a tag, note, owner or description on a model or a version; without a flag, list what stands.',
  words: ['<model[@version]>'],
  flags: [
    { name: 'tag', kind: 'text', about: 'A word to find it by.' },
    { name: 'note', kind: 'text', about: 'What the next person should know.' },
    { name: 'owner', kind: 'text', about: "Who answers for it; stands over the definition's." },
    { name: 'description', kind: 'text', about: "What it is; stands over the definition's." },
    { name: 'remove', kind: 'text', value: 'ID', about: 'Take an annotation back.' },
  ],
  examples: [
    'perennial annotate fraud',
    'perennial annotate fraud@3 --note "trained on the corrected export"',
    'perennial annotate fraud --remove 12',
  ],
  async run(call) {
    const { model, version } = subjectOf(call);
    const stack = await findStack(call.config);
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/annotations`;
    const ask = { token: stack.token };
    const remove = call.text('remove');
    if (remove !== null) {
      if (!/^[1-9]\d{0,14}$/.test(remove))
        throw new PerennialError('invalid_request', '--remove must be the number of an annotation.', {
          path: '--remove',
          hint: `\`perennial annotate ${model}\` lists them.`,
        });
      const taken = await request(annotationView, { ...ask, method: 'DELETE', url: `${url}/${remove}` });
      call.out.line(`Took back ${taken.kind} ${taken.annotationId}: ${taken.text}`);
      call.out.json(taken);
      return;
    }
    const written = [];
    for (const kind of annotationKinds) {
      const text = call.text(kind);
      // oxlint-disable-next-line no-await-in-loop -- in the order of the line
      if (text !== null)
        written.push(
          await request(annotationView, {
            ...ask,
            method: 'POST',
            url,
            body: { kind, text, ...(version === null ? {} : { version }) },
          }),
        );
    }
    if (written.length > 0) {
      for (const one of written)
        call.out.line(
          `${one.model}${one.version === null ? '' : `@${one.version}`}: ${one.kind} ${one.annotationId}: ${one.text}`,
        );
      call.out.json(written);
      return;
    }
    const { annotations } = await request(annotationList, {
      ...ask,
      method: 'GET',
      url: version === null ? url : `${url}?version=${version}`,
    });
    if (annotations.length === 0)
      call.out.line(`Nothing is written about ${model} yet: \`perennial annotate ${model} --note "..."\`.`);
    const rows = annotations.map((one) => [
      String(one.annotationId),
      one.version === null ? one.model : `${one.model}@${one.version}`,
      one.kind,
      one.text,
      `${one.by}, ${shortInstant(one.at)}`,
    ]);
    if (rows.length > 0)
      for (const line of columns([['ID', 'ABOUT', 'KIND', 'TEXT', 'BY'], ...rows])) call.out.line(line);
    call.out.json(annotations);
  },
};

/** `fraud`, `fraud@3` or `fraud@v3`. */
function subjectOf({ words: [word = ''] }: Call): { readonly model: string; readonly version: number | null } {
  const [model = '', version] = word.split('@', 2);
  if (version === undefined) return { model, version: null };
  const digits = version.replace(/^v/, '');
  if (/^[1-9]\d{0,8}$/.test(digits)) return { model, version: Number(digits) };
  throw new PerennialError('invalid_request', `"${word}" does not name a version; write ${model}@3.`, { path: word });
}
