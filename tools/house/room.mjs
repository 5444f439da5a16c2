/**
 * What the list of rooms (rooms.mjs) says of each of them.
 *
 * @typedef {object} Room
 * @property {readonly string[]} paths Folders, or single files, from the root.
 * @property {string} about What the room is for, as the table says it.
 * @property {string} never What it may never do, as the linter says it.
 * @property {readonly string[]} [folders] The order of the folders inside, for rooms that have several.
 * @property {readonly string[]} [only] The rooms, and nothing but these, that it may import at run time.
 * @property {readonly string[]} [not] Rooms or files above it that it may not import all the same.
 * @property {readonly string[]} [packages] The npm packages and Node modules (`node:*`: all) that it may import alone.
 * @property {readonly string[]} [packagesNot] The npm packages that belong to another room.
 * @property {Readonly<Record<string, readonly string[]>>} [packagesIn] By folder, the npm packages that this folder of
 *   the room alone may name, in types too.
 */

export {};
