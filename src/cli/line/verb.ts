import type { Config } from '../../config.ts';

/** One flag of a verb. Every verb also has `--json` and `--help`. */
export interface Flag {
  readonly name: string;
  /** `texts` may stand several times. */
  readonly kind: 'text' | 'texts' | 'switch';
  /** What stands for the value in the help: `--reason TEXT`. */
  readonly value?: string;
  readonly about: string;
}

export interface Verb {
  /** One word (`apply`), or a noun and a verb (`token create`): new ones are of the second kind. */
  readonly name: string;
  /** Earlier spellings, which go on working and stand in no help. */
  readonly aliases?: readonly string[];
  readonly about: string;
  /** Words after the verb, as the help shows them: `<model>`, `[model]`. */
  readonly words: readonly string[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** Throws PerennialError; anything else is a defect. */
  run(call: Call): Promise<void>;
}

/** One command line, read and checked. */
export interface Call {
  readonly words: readonly string[];
  readonly config: Config;
  readonly out: Out;
  readonly text: (flag: string) => string | null;
  /** Of a flag that may stand several times, in their order. */
  readonly texts: (flag: string) => readonly string[];
  readonly isSet: (flag: string) => boolean;
}

/** Where answers go. With `--json` only the last one is written, as one line; without it only the words for people. */
export interface Out {
  /** Words for people. Control characters, which a foreign file may hold, are dots: a terminal would obey them. */
  line(text: string): void;
  /** A document that programs read as well, as it is. */
  document(text: string): void;
  json(value: unknown): void;
}
