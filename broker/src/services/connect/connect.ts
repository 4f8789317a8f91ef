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
  /** `typed`: the tenant, where the page asks for one. */
  start(
    caller: Caller,
    token: string,
    typed: string,
  ): Promise<{ started: Started } | { ended: Ending } | { problem: FormProblem; open: OpenLink }>;
  handIn(
    caller: Caller,
    token: string,
    handed: HandedIn,
    typed: string,
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
    start: (caller, token, typed) => startFlow(parts, caller, token, typed),
    handIn: (caller, token, handed, typed) => handIn(parts, caller, token, handed, typed),
    finish: (caller, service, query, findBrowserSecret) => finishFlow(parts, caller, service, query, findBrowserSecret),
  };
}
