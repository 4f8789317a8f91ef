import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

/**
 * Requests and answers that are this Express' own from the beginning. It gives each that comes its prototype; to give an object another
 * prototype than it was made with is dear, and slows whatever reads it afterwards: *measured*, half of what a read
 * costs on Node 20, and on Node 24 hardly anything (docs/decisions/0025).
 */
export function expressMessages(express: Express) {
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  express.request = Object.setPrototypeOf(ExpressRequest.prototype, express.request) as Express['request'];
  express.response = Object.setPrototypeOf(ExpressResponse.prototype, express.response) as Express['response'];
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
}
