import { eventsAnswer } from '../../../contracts/http/events.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import type { CloudEvent } from '../../../domain/record/cloud-event.ts';
import { shortInstant } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Call, Verb } from '../../line/verb.ts';

/** Longest that one request of `--follow` waits; well under the limit of a request. */
const waitSeconds = 20;

export const eventsVerb: Verb = {
  name: 'events',
  about: 'Show what happened to models, in order; --follow goes on as it happens.',
  words: ['[model]'],
  flags: [
    {
      name: 'after',
      kind: 'text',
      value: 'SEQ',
      about: 'Events after this place; "now" begins at the end (default 0, with --follow now).',
    },
    {
      name: 'types',
      kind: 'text',
      value: 'A,B',
      about: 'Only these types or their beginnings, such as perennial.rollout.',
    },
    { name: 'follow', kind: 'switch', about: 'Go on until stopped; with --json one line per event.' },
  ],
  examples: [
    'perennial events fraud',
    'perennial events --follow --types perennial.alert,perennial.rollout',
    'perennial events --after 120 --json',
  ],
  async run(call) {
    const follow = call.isSet('follow');
    let after = call.text('after') ?? (follow ? 'now' : '0');
    if (!/^(now|\d{1,15})$/.test(after))
      throw new PerennialError('invalid_request', '--after must be a place in the feed, or "now".', {
        path: '--after',
        hint: 'See `perennial events --help`.',
      });
    const stack = await findStack(call.config);
    const all: CloudEvent[] = [];
    for (;;) {
      const query = new URLSearchParams({ after, wait: String(follow ? waitSeconds : 0) });
      const types = call.text('types');
      if (types !== null) query.set('types', types);
      const [model] = call.words;
      if (model !== undefined) query.set('model', model);
      const page = await request(eventsAnswer, {
        method: 'GET',
        url: `${stack.controlUrl}/v1/events?${query.toString()}`,
        token: stack.token,
      });
      for (const event of page.events) {
        call.out.line(lineOf(event));
        if (follow) call.out.json(event);
        else all.push(event);
      }
      // One answer is a page; without --follow the end is reached when nothing lies beyond it.
      if (!follow && String(page.next) === after) break;
      after = String(page.next);
    }
    finish(call, all);
  },
};

function finish(call: Call, all: readonly CloudEvent[]): void {
  if (all.length === 0) call.out.line('Nothing yet.');
  call.out.json(all);
}

function lineOf(event: CloudEvent): string {
  const { actor, reason } = event.data;
  return (
    `${String(event.perennialseq).padStart(6)}  ${shortInstant(event.time)}  ` +
    `${event.type.replace('perennial.', '').padEnd(20)}  ${event.subject}  ` +
    `${actor}${reason === '' ? '' : `: ${reason}`}`
  );
}
