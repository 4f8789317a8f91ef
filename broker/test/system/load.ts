import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface Reply {
  status: number;
  text: string;
}

/** Readers that ask again and again, each on a kept connection of its own. */
export interface Load {
  /** Requests by what became of them: a status, `refused` (nobody listened), or the error's code when it was cut off. */
  readonly counts: Readonly<Record<string, number>>;
  /** What was answered otherwise than 200. */
  readonly failures: readonly Reply[];
  /** Ends when every reader has had the end of its request. */
  stop(): Promise<void>;
}

/** Reply to a request of the load, with where it went and when it was sent (on performance.now()). */
export interface LoadReply extends Reply {
  url: string;
  startedAt: number;
}

export interface LoadOptions {
  key: string;
  /** Asked one after the other by every reader. */
  urls: readonly string[];
  readers: number;
  onReply?: (reply: LoadReply) => void;
}

const REFUSED_PAUSE_MS = 20;
/** Of this test file; a test that fails leaves its own running. */
const running = new Set<Load>();

export function startLoad({ key, urls, readers, onReply }: LoadOptions): Load {
  const counts: Record<string, number> = {};
  const failures: Reply[] = [];
  const agent = new Agent({ keepAlive: true });
  let stopped = false;

  const read = async (first: number): Promise<void> => {
    for (let next = first; !stopped; next += 1) {
      const url = urls[next % urls.length] ?? '';
      const startedAt = performance.now();
      const outcome = await ask(agent, url, key);
      const name = typeof outcome === 'string' ? outcome : String(outcome.status);
      counts[name] = (counts[name] ?? 0) + 1;
      if (outcome === 'refused') await delay(REFUSED_PAUSE_MS);
      else if (typeof outcome !== 'string') {
        if (outcome.status !== 200) failures.push(outcome);
        onReply?.({ ...outcome, url, startedAt });
      }
    }
  };
  const reading = Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)));
  const load: Load = {
    counts,
    failures,
    stop: async () => {
      stopped = true;
      await reading;
      agent.destroy();
      running.delete(load);
    },
  };
  running.add(load);
  return load;
}

/** Ends what failed tests left behind. */
export async function stopLoads(): Promise<void> {
  await Promise.all([...running].map((load) => load.stop()));
}

/** One read; a string tells how it failed without an answer. */
export async function ask(agent: Agent, url: string, key: string): Promise<Reply | string> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { agent, headers: { authorization: `Bearer ${key}` } }, resolve)
        .once('error', reject)
        .end();
    });
    return { status: response.statusCode ?? 0, text: await text(response) };
  } catch (error) {
    const { code = 'cut off' } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' ? 'refused' : code;
  }
}
