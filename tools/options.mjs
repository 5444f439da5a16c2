// The line of a tool or a benchmark: a wrong one is told in one sentence, with exit code 2.
import process from 'node:process';
import { parseArgs } from 'node:util';

/** As `parseArgs`, for the words after the name of the tool. */
export function readOptions(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(String(error.message).split(/\. |\n/)[0]);
  }
}

/** The value of `--name` as a whole number between two bounds, both included. */
export function wholeOption(name, text, { min = 1, max = 1_000_000_000 } = {}) {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max
    ? value
    : refuse(`--${name} "${text}" is not a whole number from ${min} to ${max}`);
}

function refuse(text) {
  process.stderr.write(`error: ${text}; see --help.\n`);
  process.exit(2);
}
