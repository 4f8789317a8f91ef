import { curlOf } from './curl';
import { membersOf, type Member } from './members';
import { isPage, type OpenApi, type Operation } from './openapi';

interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

/** Among the routes of a chapter, the one that an answer is shown at, by that answer. */
type Shown = Map<string, string>;

const INTRODUCTION = `<!-- Made by scripts/api-docs.mjs from the schemas that validate requests: change those, not this. -->

# The API

Each route with who may call it, what it takes, an example and what that answers. What each member means, and with which codes each route refuses:
\`/docs\` of a running broker, and \`/openapi.json\` (OpenAPI 3.1) for programs.`;

/** docs/api.md: the routes by chapter, as *Requires / Request / Example / Response*. */
export function apiMarkdown(document: OpenApi): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const chapters = document.tags.map(({ name, description }) => {
    const shown: Shown = new Map();
    const routes = entries.filter(({ operation }) => operation.tags.includes(name));
    return [`## ${name}`, description, ...routes.flatMap((entry) => sectionOf(entry, document, shown))];
  });
  return `${[INTRODUCTION, document.info.description, ...chapters.flat()].join('\n\n')}\n`;
}

function sectionOf(entry: Entry, document: OpenApi, shown: Shown): string[] {
  const { method, path, operation } = entry;
  return [
    `### \`${method.toUpperCase()} ${path}\``,
    `${operation.summary}.`,
    [`- **Requires**: ${requirementOf(operation)}`, ...requestOf(operation, document)].join('\n'),
    ...(isPage(operation) ? [] : [fenced('sh', curlOf(entry))]),
    ...responseOf(entry, shown),
  ];
}

function requirementOf({ 'x-scope': scope }: Operation): string {
  if (scope === 'public') return 'nothing';
  return scope === 'any' ? 'any valid access key' : `\`${scope}\``;
}

function requestOf({ parameters = [], requestBody }: Operation, document: OpenApi): string[] {
  const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => `\`${name}\``);
  const [type = '', content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const members = content === undefined ? [] : membersOf(content.schema, document.components.schemas);
  return [
    ...(query.length === 0 ? [] : [`- **Query**: ${query.join(', ')}`]),
    ...(members.length === 0 ? [] : [`- **Body**, ${type}: ${members.map(named).join(', ')}`]),
  ];
}

/** What has to be given stands out. */
const named = ({ name, required }: Member): string => (required ? `**\`${name}\`**` : `\`${name}\``);

/** Many routes answer with the same object: it is shown once in a chapter. */
function responseOf({ method, path, operation }: Entry, shown: Shown): string[] {
  const [status = '', success] = Object.entries(operation.responses)[0] ?? [];
  const [type = '', content] = Object.entries(success?.content ?? {})[0] ?? [];
  if (content === undefined) return [`**Response**: ${status}${isPage(operation) ? '' : ', without a body'}`];
  const json = JSON.stringify(content.example, null, 2);
  const before = shown.get(json);
  if (before !== undefined) return [`**Response**: ${status}, as of \`${before}\``];
  shown.set(json, `${method.toUpperCase()} ${path}`);
  return [`**Response**: ${status}, ${type}`, fenced('json', json)];
}

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
