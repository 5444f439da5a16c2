import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What stands for a payload that cannot be read. It has no member, and is an answer to nothing. */
export class Unreadable {}

/**
 * Reads payloads as the SDK does, but that one which cannot be read is `Unreadable` instead of an error. Workers of
 * others may answer in an encoding of their own, encrypted for instance; an error would fail the workflow task and be
 * met again at each try, for ever. It is compiled into the bundle by its path (src/temporal/workflow-bundle.ts).
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload: <Value>(payload: Payload, context: never, hint: never): Value => {
    try {
      return defaultPayloadConverter.fromPayload<Value>(payload, context, hint);
    } catch {
      // The caller of a payload that is not what it says has to look at it anyway.
      return new Unreadable() as Value;
    }
  },
};
