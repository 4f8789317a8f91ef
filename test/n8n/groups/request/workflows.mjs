// The workflows of the group `request`.
import { items, otobot, workflow } from '../../workflows.mjs';

const TWO_CLIENTS = [{ clientId: 'request-a' }, { clientId: 'request-b' }];

/** All that goes on after an error. */
export function everything(api, broker) {
  const request = (name, credential, path, more) => node(name, credential, `${api}${path}`, more);
  return workflow('request', [
    [...items(TWO_CLIENTS), request('Per item', 'request-per-item', '/request/per-item')],
    [...items(TWO_CLIENTS), request('Client of the node', 'request-a', '/request/own', perNode())],
    [request('Expired', 'request-expired', '/request/expired')],
    [request('Expired POST', 'request-posting', '/request/posting', post())],
    [request('Failing POST', 'request-a', '/fails/request', post())],
    [request('Limited', 'request-a', '/request/limited')],
    [request('Foreign host', 'request-foreign', '/request/foreign')],
    [node('The broker itself', 'request-foreign', `${broker}/v1/clients`)],
    [request('Moved', 'request-keyed', '/request/moved')],
    [request('No broker', 'request-no-broker', '/request/no-broker')],
    [request('Not connected', 'request-new', '/request/not-connected')],
    [request('No client in the item', 'request-per-item', '/request/nobody')],
    [request('Chosen by a model', 'request-a', '/request/model', { clientId: "={{ $fromAI('client') }}" })],
    [request('Echo', 'request-a', '/request/echo', fullResponse())],
    [request('Linked pages', 'request-a', '/request/linked', { pagination: 'linkHeader' })],
    [request('Leaving pages', 'request-a', '/request/leaving', { pagination: 'linkHeader' })],
    [
      request('Download', 'request-a', '/request/file'),
      request('Upload', 'request-a', '/request/upload', upload('binaryData', { inputDataFieldName: 'data' })),
    ],
    [
      request('Download', 'request-a', '/request/file'),
      request('Upload a form', 'request-a', '/request/form', upload('multipart-form-data', { bodyParts: parts() })),
    ],
  ]);
}

/** A run that ends with an error. */
export function stopping(api) {
  return workflow('request-stops', [
    [{ ...node('Stops', 'request-a', `${api}/request/invalid`), onError: 'stopWorkflow' }],
  ]);
}

/** Two clients, of whom one fails: its item leaves by the second output. */
export function withErrorOutput(api) {
  const split = workflow('request-errors', [
    [
      ...items([...TWO_CLIENTS, { clientId: 'request-new' }]),
      { ...node('Split', 'request-per-item', `${api}/request/per-client`), onError: 'continueErrorOutput' },
    ],
  ]);
  for (const [index, name] of ['Succeeded', 'Failed'].entries()) {
    const after = {
      name,
      id: name,
      type: 'n8n-nodes-base.noOp',
      typeVersion: 1,
      parameters: {},
      position: [800, index * 200],
    };
    split.nodes.push(after);
    (split.connections.Split ??= { main: [[], []] }).main[index].push({ node: name, type: 'main', index: 0 });
  }
  return split;
}

function node(name, credential, url, more = {}) {
  return otobot('otobotApiRequest', name, credential, { url, ...more });
}

/** What the list of clients writes, here with an expression. */
function perNode() {
  return { clientId: { __rl: true, mode: 'id', value: '={{ $json.clientId }}' } };
}

function post() {
  return { method: 'POST', sendBody: true, specifyBody: 'json', jsonBody: '{"amount":1}' };
}

function fullResponse() {
  return { options: { response: { response: { fullResponse: true } } } };
}

function upload(contentType, more) {
  return { method: 'POST', sendBody: true, contentType, ...more };
}

function parts() {
  return {
    parameters: [
      { parameterType: 'formData', name: 'title', value: 'All bytes' },
      { parameterType: 'formBinaryData', name: 'file', inputDataFieldName: 'data' },
    ],
  };
}
