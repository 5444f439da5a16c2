import path from 'node:path';
import { rooms } from './rooms.mjs';

/**
 * The rules of the house that the linter does not bring: who may import whom, how wide a line may be, and how patient a
 * test is.
 */
const widthMax = 120;

/** Composition roots: `src/main-*.ts` alone build pools, workers and clients; of the rooms only src/cli starts one. */
const compositionRoot = /^src\/main-[a-z-]+\.ts$/;

const imports = {
  create(context) {
    const file = relative(context.cwd, context.filename);
    const own = placeOf(file);
    if (own === null || /\.(test|test-d)\.tsx?$/.test(file)) return {};
    const check = (node, source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const problem = folderRefusal(own, source.value) ?? (isTypeOnly(node) ? null : refusal(own, file, source.value));
      if (problem !== null) context.report({ node: source, message: problem });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
    };
  },
};

const width = {
  create(context) {
    return {
      Program(node) {
        const lines = context.sourceCode.text.split('\n');
        const line = lines.findIndex((text) => text.length > widthMax);
        if (line < 0) return;
        const message = `Line ${line + 1} has ${lines[line].length} characters, more than ${widthMax}: break it.`;
        context.report({ node, message });
      },
    };
  },
};

const patience = {
  create(context) {
    return {
      MemberExpression(node) {
        if (node.object.name !== 'vi' || !['waitFor', 'waitUntil'].includes(node.property.name)) return;
        const message =
          'It gives up after a second, too soon for a busy machine: `eventually` of tests/worlds/wait.ts.';
        context.report({ node, message });
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { imports, width, patience } };

/** Where a file stands: its room, the path of the room that it lies in, and the folder inside. */
function placeOf(file) {
  for (const [index, room] of rooms.entries()) {
    const root = room.paths.find((candidate) => file === candidate || file.startsWith(`${candidate}/`));
    if (root === undefined) continue;
    const [folder, rest] = file.slice(root.length + 1).split('/');
    return { index, room, root, folder: rest === undefined ? null : folder };
  }
  return null;
}

function refusal(own, file, specifier) {
  const { room } = own;
  if (!specifier.startsWith('.')) return packageRefusal(room, specifier);
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  if (compositionRoot.test(target)) {
    return own.root === 'src/cli' ? null : `${target} is a composition root: nothing imports it.`;
  }
  const other = placeOf(target);
  if (other === null) return `${target} is in no room of tools/house/rooms.mjs. ${room.never}`;
  if (other.index === own.index) return insideRefusal(own, other, target);
  if (other.index > own.index) {
    return `${own.root} stands above ${other.root}: a room imports only rooms above it. Move code up, or hand it in.`;
  }
  if (room.only !== undefined && !room.only.includes(other.root))
    return `${own.root} may not import ${other.root}. ${room.never}`;
  if (room.not?.includes(other.root) && !room.not.includes(`!${target}`)) {
    return `${own.root} may not import ${other.root}. ${room.never}`;
  }
  return null;
}

function insideRefusal(own, other, target) {
  if (own.root !== other.root) return null;
  const { folders } = own.room;
  if (folders === undefined || own.folder === null || other.folder === null || own.folder === other.folder) return null;
  const [from, to] = [folders.indexOf(own.folder), folders.indexOf(other.folder)];
  if (from < 0 || to < 0)
    return `The folder of ${from < 0 ? own.folder : target} is not listed in tools/house/rooms.mjs.`;
  return to > from
    ? `In ${own.root}, ${own.folder}/ stands before ${other.folder}/: only a later folder uses an earlier one.`
    : null;
}

/** A package that one folder keeps to itself: a type of it elsewhere would carry its way of thinking there. */
function folderRefusal({ room, root, folder }, specifier) {
  for (const [owner, list] of Object.entries(room.packagesIn ?? {})) {
    if (folder !== owner && list.some((entry) => covers(entry, specifier)))
      return `"${specifier}" belongs to ${root}/${owner}/ alone, its types too. ${room.never}`;
  }
  return null;
}

function packageRefusal(room, specifier) {
  const isListed = (list) => list.some((entry) => covers(entry, specifier));
  if (room.packages !== undefined && !isListed(room.packages))
    return `"${specifier}" does not belong here. ${room.never}`;
  return room.packagesNot !== undefined && isListed(room.packagesNot)
    ? `"${specifier}" belongs to another room. ${room.never}`
    : null;
}

function covers(entry, specifier) {
  if (entry.endsWith('*')) return specifier.startsWith(entry.slice(0, -1));
  return specifier === entry || specifier.startsWith(`${entry}/`);
}

function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const { specifiers = [] } = node;
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type');
}

function relative(root, file) {
  return path.relative(root, file).split(path.sep).join('/');
}
