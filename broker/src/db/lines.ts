import { Socket } from 'node:net';

/** The sockets of one pool: how to leave a server that accepts everything and answers nothing. */
export interface Lines {
  /** For pg, which asks for one socket per connection. */
  stream(): Socket;
  /** Ends all of them, and each that is opened from now on: whatever waits for an answer fails at once. */
  cut(): void;
}

export function createLines(): Lines {
  const open = new Set<Socket>();
  let isCut = false;
  const end = (socket: Socket): void => {
    socket.destroy(new Error('Connection terminated by this process'));
  };
  return {
    stream: () => {
      const socket = new Socket();
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      // Not before pg listens to it.
      if (isCut) process.nextTick(end, socket);
      return socket;
    },
    cut: () => {
      isCut = true;
      open.forEach(end);
    },
  };
}
