import type { Caller } from '../access/principal';
import { finishFlow, type CallbackQuery, type FindBrowserSecret } from './callback';
import { handIn, type FormProblem, type HandedIn } from './hand-in';
import type { OpenLink } from './open-link';
import type { Ending } from './outcome';
import type { ConnectParts } from './parts';
import { startFlow, type Started } from './start';
import { noteFailure, visitLink, type Visit } from './visit';

/** How a client hands an account over: he follows a link, and consents at the provider or types in a key. */
export interface Connect {
  /** Changes nothing: mail scanners follow links too. */
  visit(caller: Caller, token: string): Promise<Visit>;
  start(caller: Caller, token: string): Promise<{ started: Started } | { ended: Ending }>;
  handIn(
    caller: Caller,
    token: string,
    handed: HandedIn,
  ): Promise<{ ended: Ending } | { problem: FormProblem; open: OpenLink }>;
  finish(caller: Caller, service: string, query: CallbackQuery, findBrowserSecret: FindBrowserSecret): Promise<Ending>;
}

export function createConnect(parts: ConnectParts): Connect {
  return {
    async visit(caller, token) {
      const visit = await visitLink(parts, token);
      if ('ended' in visit) noteFailure(parts, caller, 'connect.visit', visit.link, visit.ended.outcome);
      return visit;
    },
    start: (caller, token) => startFlow(parts, caller, token),
    handIn: (caller, token, handed) => handIn(parts, caller, token, handed),
    finish: (caller, service, query, findBrowserSecret) => finishFlow(parts, caller, service, query, findBrowserSecret),
  };
}
