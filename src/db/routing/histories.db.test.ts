import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { expect, test } from 'vitest';
import { abort } from '../../commands/control/abort.ts';
import { approve } from '../../commands/control/approve.ts';
import { freeze } from '../../commands/control/freeze.ts';
import { kill } from '../../commands/control/kill.ts';
import { promote } from '../../commands/control/promote.ts';
import { rollback } from '../../commands/control/rollback.ts';
import { thaw } from '../../commands/control/thaw.ts';
import type { CommandContext } from '../../commands/base/context.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { ForgetfulBus, LivingModel, personOn } from '../../../tests/worlds/delivered-world.ts';
import { after, firstStanding, randomWords, stepsMax, type Word } from '../../../tests/worlds/routing-model.ts';

/** Rules hold of the model of a history (tests/unit/histories.test.ts); here Postgres is held to that model. */
// oxlint-disable-next-line no-process-env -- the soak says so by the environment
const histories = process.env['PERENNIAL_SOAK'] === '1' ? 500 : 8;
const wordsPerHistory = 25;

const { database } = await openTestDatabase();

type Given = (context: CommandContext) => Promise<unknown>;

/** The verb of a person; null for what the platform does by itself. */
function givenBy(word: Word, model: string): Given | null {
  const input = { model, key: randomUUID(), reason: 'because' };
  switch (word.say) {
    case 'approve':
      return (context) => approve(context, input);
    case 'abort':
      return (context) => abort(context, input);
    case 'rollback':
      return (context) => rollback(context, { ...input, toVersion: null });
    case 'promote':
      return (context) => promote(context, { ...input, version: word.version, force: false });
    case 'freeze':
      return (context) => freeze(context, input);
    case 'thaw':
      return (context) => thaw(context, input);
    case 'kill':
      return (context) => kill(context, input);
    default:
      return null;
  }
}

/** What was refused once is refused again; anything else that goes wrong is a fault. */
async function give(context: CommandContext, command: Given): Promise<void> {
  try {
    await command(context);
  } catch (error) {
    if (!isPerennialError(error) || error.retryable) throw error;
  }
}

test.each(Array.from({ length: histories }, (_, i) => i + 1))(
  'Postgres says after every word what the model says, in history %i',
  async (seed) => {
    const living = await LivingModel.begin(database, stepsMax);
    const bus = new ForgetfulBus(database);
    const context = personOn(database, bus);
    const commands: Given[] = [];
    let standing = firstStanding;
    const told: string[] = [];
    for (const word of randomWords(createRandom(seed), wordsPerHistory)) {
      told.push(JSON.stringify(word));
      const command = word.say === 'repeat' ? commands.at(-word.ago) : givenBy(word, living.model);
      // Half of what comes again is what a workflow hears, without the row of the command in front of it.
      const heard = word.say === 'repeat' && seed % 2 === 0 ? bus.delivered.at(-word.ago) : undefined;
      if (heard !== undefined) await bus.perform(heard);
      else if (command !== undefined && command !== null) await give(context, command);
      else await living.happen(word.say);
      if (word.say !== 'repeat' && command !== undefined && command !== null) commands.push(command);
      standing = after(standing, word);
      const { champion, rollout, frozen, versions } = standing;
      const moves = standing.moves.map(({ to }) => to);
      expect(await living.standing(), told.join('\n')).toEqual({ champion, moves, versions, rollout, frozen });
    }
  },
);
