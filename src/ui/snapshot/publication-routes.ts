import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { publishRequest } from '../../contracts/http/data/snapshot-tags.ts';
import { findSnapshot } from '../../commands/snapshots/find-snapshot.ts';
import { publish, unpublish } from '../../commands/tags/publish-snapshot.ts';
import { subscribe, unsubscribe } from '../../commands/tags/subscribe.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { commandFields, text } from '../form/fields.ts';
import { sentence } from '../form/sentence.ts';
import { action } from '../frame/action.ts';
import type { PageCall } from '../frame/page-call.ts';

const ofTag = { ...commandFields, tag: text };

/** Publishing and following, from the page of a snapshot. The rights are those of the commands. */
export function publicationRoutes(app: Api, dependencies: ApiDependencies): void {
  const shares = { ...ofTag, readers: text, subscribers: text };
  action(app, dependencies, '/snapshots/{digest}/publish', shares, async (call, { readers, subscribers, ...form }) => {
    const { digest, model } = await shownOn(call);
    const rights = { readers: globsIn('readers', readers), subscribers: globsIn('subscribers', subscribers) };
    return done(digest, await publish(call.command, { ...form, model, ...rights }));
  });
  action(app, dependencies, '/snapshots/{digest}/unpublish', ofTag, async (call, form) => {
    const { digest, model } = await shownOn(call);
    return done(digest, await unpublish(call.command, { ...form, model }));
  });
  for (const [word, verb] of [['subscribe', subscribe] as const, ['unsubscribe', unsubscribe] as const])
    action(
      app,
      dependencies,
      `/snapshots/{digest}/${word}`,
      { ...ofTag, follower: text },
      async (call, { follower, ...form }) => {
        const { digest, model: publisher } = await shownOn(call);
        return done(digest, await verb(call.command, { ...form, model: follower, publisher }));
      },
    );
}

function shownOn(call: PageCall) {
  return findSnapshot(call.command, call.path('digest'), 'operate');
}

function done(digest: string, answer: CommandAnswer) {
  return { to: `/snapshots/${digest}`, notice: sentence(answer) };
}

/** As the command line reads them: by commas, and none for nobody. */
function globsIn(path: 'readers' | 'subscribers', given: string): readonly string[] {
  const globs = given
    .split(',')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '');
  const found = publishRequest.shape[path].safeParse(globs);
  if (found.success) return globs;
  throw new PerennialError('invalid_request', `"${cut(given, 100)}" is no list of models.`, {
    path,
    hint: 'Write names of models by commas, in which "*" stands for any text: payments.*, fraud.',
  });
}
