import type { IncomingMessage, Server } from 'node:http';
import { uploadPath } from '../contracts/http/import.ts';
import { trainingFiles } from '../contracts/http/trainers/trainings.ts';

/** Whether a body may be larger than others, and is bounded where it is read. */
export function hasLargeBody(path: string): boolean {
  return path === uploadPath || trainingFiles.test(path);
}

/**
 * Looks every `everyMs` at the requests of a server whose bodies are still on their way, and cuts the connection: of a
 * large one when nothing of it has come since the look before, of any other one at once.
 */
export function cutSlowBodies(server: Pick<Server, 'on'>, everyMs: number): void {
  server.on('request', (incoming: IncomingMessage) => {
    const { socket, url = '' } = incoming;
    const isLarge = hasLargeBody(url.split('?', 1)[0] ?? '');
    let before = socket.bytesRead;
    const timer = setInterval(() => {
      if (incoming.complete) clearInterval(timer);
      else if (isLarge && socket.bytesRead > before) before = socket.bytesRead;
      else socket.destroy();
    }, everyMs);
    timer.unref();
    incoming.once('close', () => clearInterval(timer));
  });
}
