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
    const subject = subjectOf(call);
    const stack = await findStack(call.config);
    const asked = {
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(subject.model)}/annotations`,
      token: stack.token,
    };
    const remove = call.text('remove');
    if (remove !== null) return takeBack(call, asked, subject, remove);
    const written = await write(call, asked, subject);
    if (written.length === 0) return list(call, asked, subject);
    for (const one of written) call.out.line(`${subjectText(one)}: ${one.kind} ${one.annotationId}: ${one.text}`);
    call.out.json(written);
  },
};

interface Subject {
  readonly model: string;
  readonly version: number | null;
}

interface Asked {
  readonly url: string;
  readonly token: string;
}

async function takeBack(call: Call, { url, token }: Asked, { model }: Subject, id: string): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(id))
    throw new PerennialError('invalid_request', '--remove must be the number of an annotation.', {
      path: '--remove',
      hint: `\`perennial annotate ${model}\` lists them.`,
    });
  const taken = await request(annotationView, { token, method: 'DELETE', url: `${url}/${id}` });
  call.out.line(`Took back ${taken.kind} ${taken.annotationId}: ${taken.text}`);
  call.out.json(taken);
}

async function write(call: Call, asked: Asked, { version }: Subject) {
  const written = [];
  for (const kind of annotationKinds) {
    const text = call.text(kind);
    if (text === null) continue;
    const body = { kind, text, ...(version === null ? {} : { version }) };
    // oxlint-disable-next-line no-await-in-loop -- in the order of the line
    written.push(await request(annotationView, { ...asked, method: 'POST', body }));
  }
  return written;
}

async function list(call: Call, { url, token }: Asked, { model, version }: Subject): Promise<void> {
  const { annotations } = await request(annotationList, {
    token,
    method: 'GET',
    url: version === null ? url : `${url}?version=${version}`,
  });
  if (annotations.length === 0)
    call.out.line(`Nothing is written about ${model} yet: \`perennial annotate ${model} --note "..."\`.`);
  const rows = annotations.map((one) => [
    String(one.annotationId),
    subjectText(one),
    one.kind,
    one.text,
    `${one.by}, ${shortInstant(one.at)}`,
  ]);
  if (rows.length > 0)
    for (const line of columns([['ID', 'ABOUT', 'KIND', 'TEXT', 'BY'], ...rows])) call.out.line(line);
  call.out.json(annotations);
}

function subjectText({ model, version }: Subject): string {
  return version === null ? model : `${model}@${version}`;
}

/** `fraud`, `fraud@3` or `fraud@v3`. */
function subjectOf({ words: [word = ''] }: Call): Subject {
  const [model = '', version] = word.split('@', 2);
  if (version === undefined) return { model, version: null };
  const digits = version.replace(/^v/, '');
  if (/^[1-9]\d{0,8}$/.test(digits)) return { model, version: Number(digits) };
  throw new PerennialError('invalid_request', `"${word}" does not name a version; write ${model}@3.`, { path: word });
}
