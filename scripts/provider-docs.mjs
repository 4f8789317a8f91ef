// Writes docs/providers.md and docs/providers/*.md from what the broker knows of each provider: node scripts/provider-docs.mjs, after npm run build.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const { CATALOGUE } = require(path.join(root, 'broker/dist/providers/catalogue/catalogue.js'));
const { documentsOf } = require(path.join(root, 'broker/dist/providers/catalogue/documents.js'));

const docs = path.join(root, 'docs');
const folder = path.join(docs, 'providers');
mkdirSync(folder, { recursive: true });
for (const stale of readdirSync(folder)) rmSync(path.join(folder, stale));
for (const [file, text] of documentsOf(CATALOGUE)) writeFileSync(path.join(docs, file), text);
