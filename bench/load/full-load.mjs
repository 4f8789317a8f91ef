import { fromBroker } from '../from-broker.mjs';
import { percentiles } from '../statistics.mjs';

const autocannon = fromBroker('autocannon');

/** As many requests as the server answers: each connection asks again as soon as it has its answer (autocannon). */
export async function fullLoad({ port, key, paths, connections, seconds }) {
  const headers = { authorization: `Bearer ${key}` };
  const requests = paths.map((path) => ({ method: 'GET', path, headers }));
  const durations = [];
  let startedAt = null;
  let endedAt = null;
  let begun = 0;
  const running = autocannon({
    ...{ url: `http://127.0.0.1:${port}`, connections, duration: seconds },
    // Each connection begins elsewhere in the list, or all would ask for the same client at the same time.
    setupClient: (client) => {
      const first = Math.floor((begun++ * paths.length) / connections);
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  running.on('response', (_client, _status, _bytes, milliseconds) => {
    endedAt = performance.now();
    startedAt ??= endedAt;
    durations.push(milliseconds);
  });
  const { '2xx': answered, non2xx, errors } = await running;
  const perSecond = durations.length / ((endedAt - startedAt) / 1_000);
  return { perSecond, ...percentiles(durations), answered, failed: non2xx + errors };
}
