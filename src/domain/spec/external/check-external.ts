import { cut } from '../../words/cut.ts';
import { isEnvironmentOfSecret, secretNamePattern, secretNameRule } from '../../words/secret-name.ts';
import {
  externalBounds,
  imagePattern,
  queuePattern,
  tagPattern,
  trainerNamePattern,
  type CommandSpec,
  type ExternalTrained,
  type WorkerSpec,
} from '../parts/external-trainer.ts';
import { problemIf, within, type SpecProblem } from '../spec-bounds.ts';

const { argvMax, argumentCharsMax, secretsMax, settingsCharsMax, memoryBytes, timeMs, filesBytes, memoryGb } =
  externalBounds;

/** Problems of a program of this machine; whether it is there, only the worker that runs it can know. */
export function checkCommand(trainer: CommandSpec): SpecProblem[] {
  const { argv, folder, lock, secrets } = trainer;
  return [
    ...problemIf(
      argv.length === 0 || argv[0] === '',
      'trainer.argv',
      'names no program',
      "Say what is run: command(['python', 'train.py']).",
    ),
    ...problemIf(argv.length > argvMax, 'trainer.argv', 'is too long', `Use at most ${argvMax} words.`),
    ...argv.flatMap((word, at) =>
      problemIf(
        word.length > argumentCharsMax || word.includes('\u0000'),
        `trainer.argv[${at}]`,
        'is no word of a command',
        `Use at most ${argumentCharsMax} characters, none of them NUL.`,
      ),
    ),
    ...checkPlace('trainer.folder', folder),
    ...(lock === undefined ? [] : checkPlace('trainer.lock', lock)),
    ...checkSecrets(secrets),
    ...within('trainer.memoryBytesMax', trainer.memoryBytesMax, memoryBytes.min, memoryBytes.max, true),
    ...within('trainer.filesBytesMax', trainer.filesBytesMax, filesBytes.min, filesBytes.max, true),
    ...checkAny(trainer),
  ];
}

/** Problems of what is asked of a worker elsewhere. */
export function checkWorker(trainer: WorkerSpec): SpecProblem[] {
  const { queue, trainer: name, tag, memoryGb: gb } = trainer;
  return [
    ...problemIf(
      !queuePattern.test(queue),
      'trainer.queue',
      queue === '' ? 'names no queue' : 'is no name of a queue',
      "Say where it is waited for: worker('perennial-gpu', ...), in lower-case letters, digits and dashes.",
    ),
    ...problemIf(
      !trainerNamePattern.test(name),
      'trainer.trainer',
      name === '' ? 'names no trainer' : 'is no name of a trainer',
      "Name the function of the worker that fits this model: { trainer: 'fraud' }.",
    ),
    ...problemIf(
      tag !== undefined && !tagPattern.test(tag),
      'trainer.tag',
      'is no tag',
      'Use 1 to 32 lower-case letters, digits or dashes.',
    ),
    ...(gb === undefined ? [] : within('trainer.memoryGb', gb, memoryGb.min, memoryGb.max, true)),
    ...checkAny(trainer),
  ];
}

function checkAny({ settings, timeMsMax, image }: ExternalTrained): SpecProblem[] {
  return [
    ...problemIf(
      JSON.stringify(settings).length > settingsCharsMax,
      'trainer.settings',
      `are more than ${settingsCharsMax} characters as JSON`,
      'Put what is large into a file of the program.',
    ),
    ...within('trainer.timeMsMax', timeMsMax, timeMs.min, timeMs.max, true),
    ...problemIf(
      image !== undefined && !imagePattern.test(image),
      'trainer.image',
      'is no digest of an image',
      'Use the digest that the registry names: sha256: and 64 hex digits.',
    ),
  ];
}

/** A path that stays below its root; links are looked at where it is used. */
function checkPlace(path: string, place: string): SpecProblem[] {
  const isBelow =
    place !== '' &&
    place.length <= externalBounds.pathCharsMax &&
    !place.startsWith('/') &&
    !place.includes('\\') &&
    !place.includes('\u0000') &&
    !place.split('/').includes('..');
  return problemIf(
    !isBelow,
    path,
    `${JSON.stringify(cut(place, 100))} does not stay below the folder of trainers`,
    'Use a relative path without "..", such as "fraud".',
  );
}

function checkSecrets(secrets: readonly string[]): SpecProblem[] {
  return [
    ...problemIf(secrets.length > secretsMax, 'trainer.secrets', 'are too many', `Name at most ${secretsMax}.`),
    ...problemIf(new Set(secrets).size < secrets.length, 'trainer.secrets', 'name one twice', 'Name each once.'),
    ...secrets.flatMap((name, at) =>
      secretNamePattern.test(name)
        ? problemIf(
            !isEnvironmentOfSecret(name),
            `trainer.secrets[${at}]`,
            `${JSON.stringify(name)} would replace a variable by which programs are started`,
            'Give the secret another name.',
          )
        : problemIf(
            true,
            `trainer.secrets[${at}]`,
            `is no name of a secret: it ${secretNameRule}`,
            'Name a secret of the worker, such as "hf-token", which the program reads as HF_TOKEN.',
          ),
    ),
  ];
}
