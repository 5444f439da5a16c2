import type { Reader } from './reader.ts';
import { isMembers, ownName, type Members } from '../terms/terms.ts';

/** What stands under our own name; the custom properties of others are told. */
export function takeOwn(reader: Reader): Members {
  let own: Members = {};
  for (const property of reader.takeList('customProperties')) {
    const name = property.take('property');
    const value = property.take('value');
    if (name === ownName && isMembers(value)) own = value;
    else property.note(`${JSON.stringify(name ?? null)} is a property of others: left out`);
  }
  return own;
}
