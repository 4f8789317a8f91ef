// Writes docs/api.md from the routes of the broker: node scripts/api-docs.mjs, after npm run build.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const { apiMarkdown } = require(path.join(root, 'broker/dist/http/documentation/api-markdown.js'));
const { openApiDocument } = require(path.join(root, 'broker/dist/http/documentation/openapi.js'));
const { allRoutes, documentedRoutes } = require(path.join(root, 'broker/dist/http/serve.js'));

writeFileSync(path.join(root, 'docs', 'api.md'), apiMarkdown(openApiDocument(documentedRoutes(allRoutes({})))));
