import { z } from 'zod';

const historySchema = z.object({ events: z.array(z.record(z.string(), z.unknown())) });

/**
 * A history without the machine that it was recorded on: replaces each text in strings and inside payloads (base64),
 * and writes one event per line, so that a difference can be read.
 */
export function neutral(historyJson: string, replacements: readonly (readonly [text: string, by: string])[]): string {
  const known = replacements.filter(([text]) => text !== '');
  const plain = (text: string): string => known.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return key === 'data' ? inPayload(value, plain) : plain(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
    return value;
  };
  const { events } = historySchema.parse(JSON.parse(historyJson));
  return `{"events":[\n${events.map((event) => JSON.stringify(walk(event, ''))).join(',\n')}\n]}\n`;
}

function inPayload(data: string, plain: (text: string) => string): string {
  const before = Buffer.from(data, 'base64').toString('utf8');
  const after = plain(before);
  return after === before ? data : Buffer.from(after, 'utf8').toString('base64');
}
