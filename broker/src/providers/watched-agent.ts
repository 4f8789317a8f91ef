import type { ClientRequest, IncomingMessage, Agent } from 'node:http';
import { TLSSocket } from 'node:tls';

/** One request's passage over the wire, which simple-oauth2 does not show: it returns the body alone. */
export interface WatchedAgent {
  /** Stands in for the real agent during one request. */
  agent: Agent;
  /** True once Node was asked for a connection. */
  wasAsked(): boolean;
  /** True once a connection, secured where it must be, carried the request. False: the provider saw nothing of it. */
  wasSent(): boolean;
  response(): IncomingMessage | null;
  /** Bytes of the body so far. */
  receivedBytes(): number;
  /** Ends the request and its answer, wherever they are. */
  cut(): void;
}

/** What Node calls on an agent for each request. Not in its types, though every agent in use overrides it. */
interface RequestSink {
  addRequest(request: ClientRequest, options: unknown): void;
}

/** Lets one request through a shared agent and keeps an eye on it. */
export function watchAgent(agent: Agent): WatchedAgent {
  let request: ClientRequest | null = null;
  let response: IncomingMessage | null = null;
  let sent = false;
  let receivedBytes = 0;
  let cut = false;
  const addRequest = (added: ClientRequest, options: unknown): void => {
    request = added;
    added.once('socket', (socket) => {
      if (added.reusedSocket) sent = true;
      // A handshake that fails (a wrong certificate) ends before the request, and its secrets, are written.
      else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => (sent = true));
    });
    added.once('response', (received) => {
      response = received;
      // Paused first: a listener for data would otherwise start the flow before Wreck is there to read it.
      received.pause().on('data', (chunk: Buffer) => (receivedBytes += chunk.length));
    });
    (agent as unknown as RequestSink).addRequest(added, options);
    if (cut) added.destroy();
  };
  // simple-oauth2 deep-copies its options, which would tear an agent from its sockets, except objects whose prototype
  // says isImmutable. The rest is inherited from the real agent.
  const immutable = Object.create(agent, { isImmutable: { value: true } }) as Agent;
  return {
    agent: Object.create(immutable, { addRequest: { value: addRequest } }) as Agent,
    wasAsked: () => request !== null,
    wasSent: () => sent,
    response: () => response,
    receivedBytes: () => receivedBytes,
    cut: () => {
      cut = true;
      request?.destroy();
    },
  };
}
