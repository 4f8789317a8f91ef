'use strict';
const { nameOf } = require('./token-book.cjs');

/**
 * Everything that happened at the token endpoints, one entry per request, with nothing in it that opens anything: tokens by the name
 * that `nameOf` gives them. An entry is there as soon as its request has arrived in full, and fills up as things happen to it.
 */
function createJournal(now) {
  const entries = [];
  return {
    entries,
    /** An entry for a request; what follows it on the wire writes itself down. */
    begin: (request, response) => {
      const { socket } = request;
      const bytesBefore = socket.bytesWritten;
      const entry = {
        ...{ serial: entries.length + 1, at: now(), method: request.method, path: request.url.split('?')[0] },
        ...{ grant: null, clientId: null, consent: null, token: null, fault: null },
        ...{ decided: null, decidedAt: null, status: null, given: null },
        // What was handed to the kernel, when all of the answer was, when the connection or the exchange was over.
        ...{ left: 'nothing', answeredAt: null, closedAt: null },
      };
      entries.push(entry);
      response.once('finish', () =>
        Object.assign(entry, { left: 'all', answeredAt: now(), status: response.statusCode }),
      );
      response.once('close', () => {
        if (entry.left === 'nothing' && socket.bytesWritten > bytesBefore) entry.left = 'part';
        entry.closedAt = now();
      });
      return entry;
    },
    /** What became of the tokens. */
    decide: (entry, { decided, token, consent, given }) => {
      const names = given && { access: nameOf(given.access), refresh: nameOf(given.refresh) };
      Object.assign(entry, { decided, decidedAt: now(), given: names });
      entry.token ??= nameOf(token);
      entry.consent ??= consent?.id ?? null;
    },
  };
}

module.exports = { createJournal };
