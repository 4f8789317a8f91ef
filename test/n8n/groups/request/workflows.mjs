// The workflows of the group `request`.
import { items, otobot, using, withOutcomes, workflow } from '../../workflows.mjs';

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
    [request('Silent', 'request-a', '/request/silent', { options: { timeout: 300 } })],
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
  const split = { ...node('Split', 'request-per-item', `${api}/request/per-client`), onError: 'continueErrorOutput' };
  const rows = items([...TWO_CLIENTS, { clientId: 'request-new' }]);
  return withOutcomes(workflow('request-errors', [[...rows, split]]), 'Split');
}

/**
 * An agent whose model asks for the one tool that it has, our node; the model is the API of this test.
 * @param version of n8n's agent: from 3 on it runs a tool as a node of the workflow, before that by itself
 */
export function withAgent(api, version) {
  const chosen = { url: `=${api}{{ $fromAI('path', 'Which thing', 'string') }}`, ...asTool() };
  const tool = { ...node(`Tool ${version}`, 'request-a', '', chosen), type: 'n8n-nodes-otobot.otobotApiRequestTool' };
  const agent = {
    name: 'Agent',
    type: '@n8n/n8n-nodes-langchain.agent',
    typeVersion: version,
    parameters: { promptType: 'define', text: 'Look it up.', options: {} },
  };
  const model = {
    name: 'Model',
    type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
    typeVersion: 1.2,
    parameters: { model: { __rl: true, mode: 'id', value: 'a-model' }, options: {} },
    ...using('request-model', 'openAiApi'),
  };
  const made = workflow(`request-agent-${version}`, [[agent]]);
  for (const [index, [part, input]] of [
    [model, 'ai_languageModel'],
    [tool, 'ai_tool'],
  ].entries()) {
    made.nodes.push({ ...part, id: part.name, position: [index * 200, 300] });
    made.connections[part.name] = { [input]: [[{ node: 'Agent', type: input, index: 0 }]] };
  }
  return made;
}

/** The client is chosen here, and nowhere else. */
function asTool() {
  const chosen = (value) => ({ __rl: true, mode: 'id', value });
  return { clientId: chosen('request-a'), service: chosen('loopback') };
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
