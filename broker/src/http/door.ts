import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from '../errors/problem';
import { createBulkheads, isProbe, type DoorLimits } from './bulkheads';
import { misfitOf, misreadAs, overloaded, stopping } from './misfits';
import { answerPlainly, answerSocket } from './plain-problem';
import type { Place } from './places';
import type { Tally } from './tally';

/** What every request passes before Express sees it, and where it is known until it is answered. */
export interface Door {
  enter: RequestListener;
  /** A connection has opened. */
  open(socket: Socket): void;
  /** What came on a connection is no request, or did not come in time. */
  misread(error: NodeJS.ErrnoException, socket: Socket): void;
  /** From now on everybody is told to leave, and /ready that nobody else should come. */
  close(): void;
}

/** What is still unanswered on a connection, with its place; null where it needs none. */
interface Conversation {
  unanswered: Map<ServerResponse, Place | null>;
  latest: IncomingMessage | null;
}

export interface DoorParts {
  handler: RequestListener;
  tally: Tally;
  limits: DoorLimits;
}

export function createDoor({ handler, tally, limits }: DoorParts): Door {
  const conversations = new Map<Socket, Conversation>();
  const placesFor = createBulkheads(limits);
  let isClosing = false;

  const turnAway = (response: ServerResponse, problem: Problem): void => {
    tally.count(problem.code);
    answerPlainly(response, problem);
  };

  return {
    enter: (request, response) => {
      const conversation = conversations.get(request.socket);
      if (conversation === undefined || conversation.unanswered.size >= limits.perConnection) {
        tally.count('sent_ahead');
        request.socket.destroy();
        return;
      }
      const misfit = misfitOf(request);
      const places = misfit === null ? placesFor(request) : null;
      const place = places?.take(response) ?? null;
      follow(conversation, request, response, place);
      if (isClosing || misfit !== null) tellToLeave(response);
      if (misfit !== null) turnAway(response, misfit);
      else if (places !== null && place === null) turnAway(response, overloaded());
      else if (isClosing && isProbe(request)) answerPlainly(response, stopping());
      else handler(request, response);
    },
    open: (socket) => {
      const unanswered: Conversation['unanswered'] = new Map();
      conversations.set(socket, { unanswered, latest: null });
      socket.once('close', () => {
        conversations.delete(socket);
        for (const response of unanswered.keys()) if (response.socket === null) closeQueued(response);
        for (const place of unanswered.values()) place?.leave();
        unanswered.clear();
      });
    },
    misread: (error, socket) => {
      const problem = misreadAs(error);
      if (problem !== null) tally.count(problem.code);
      if (problem !== null && mayStillAnswer(socket, conversations.get(socket))) answerSocket(socket, problem);
      else socket.destroy();
    },
    close: () => {
      isClosing = true;
      for (const { unanswered } of conversations.values())
        for (const response of unanswered.keys()) tellToLeave(response);
    },
  };
}

function follow(
  conversation: Conversation,
  request: IncomingMessage,
  response: ServerResponse,
  place: Place | null,
): void {
  const { unanswered } = conversation;
  conversation.latest = request;
  unanswered.set(response, place);
  response.once('close', () => {
    if (unanswered.delete(response)) place?.leave();
  });
}

/** Node 20 does not close answers that waited behind another one: what was lent for them would never come back. */
function closeQueued(response: ServerResponse): void {
  if (response.closed) return;
  response.destroy();
  response.emit('close');
}

/** Whoever keeps his connection would go on asking on it, and be cut off in the end. */
function tellToLeave(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/** An answer belongs to the request that came last. Where that was understood, another one was not: whose answer it is nobody could tell. */
function mayStillAnswer(socket: Socket, conversation: Conversation | undefined): boolean {
  if (!socket.writable || conversation === undefined) return false;
  const { unanswered, latest } = conversation;
  const [pending] = unanswered.keys();
  if (pending === undefined) return true;
  return unanswered.size === 1 && latest?.complete === false && !pending.headersSent;
}
