import http from 'node:http';
import { timeInTurn } from '../time-in-turn.mjs';

/** Rounds that come from one address of 127.0.0.0/8: refusals are slowed down by address, and that is not what is measured here. */
const ROUNDS_PER_ADDRESS = 4;

/** Milliseconds until the broker has refused a read with keys of several kinds, in turn, over connections that stay open. Linux only. */
export async function timedRefusals({ port, path, alike, inUse, rounds }) {
  const agent = new http.Agent({ keepAlive: true });
  const read = (token, localAddress) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      const request = http.get({ agent, host: '127.0.0.1', localAddress, port, path, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      request.once('error', reject);
    });
  for (const token of inUse) await read(token, '127.0.0.1');
  const durations = await timeInTurn({ kinds: alike, rounds }, async (token, round) => {
    const status = await read(token, addressOf(round));
    if (status !== 401) throw new Error(`a key that was to be refused with 401 got ${status}`);
  });
  agent.destroy();
  return durations;
}

const addressOf = (round) => {
  const number = Math.floor(round / ROUNDS_PER_ADDRESS) + 256;
  return `127.1.${Math.floor(number / 250)}.${(number % 250) + 1}`;
};
