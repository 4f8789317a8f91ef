// Reads an OpenAPI document from standard input, and writes what the validator says of it.
import { json } from 'node:stream/consumers';
import { Validator } from '@seriousme/openapi-schema-validator';

const validator = new Validator();
const verdict = await validator.validate(await json(process.stdin));
process.stdout.write(JSON.stringify({ ...verdict, version: validator.version }));
