import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { invalid, pairsOf, type CallBody } from './call';
import { fieldsOrJson, jsonText } from './fields-or-json';
import { multipart, type Part } from './multipart';

type MakeBody = (this: IExecuteFunctions, itemIndex: number) => CallBody | Promise<CallBody>;

const WRITERS: Record<string, MakeBody> = {
  json(itemIndex) {
    return { contentType: 'application/json', content: Buffer.from(jsonText.call(this, itemIndex)) };
  },
  'form-urlencoded'(itemIndex) {
    const json = fieldsOrJson.call(this, 'Body', 'bodyParameters', 'jsonBody', itemIndex);
    const form = pairsOf('Body parameter', json)
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .join('&');
    return { contentType: 'application/x-www-form-urlencoded', content: Buffer.from(form) };
  },
  async 'multipart-form-data'(itemIndex) {
    const written = this.getNodeParameter('bodyParts.parameters', itemIndex, []) as IDataObject[];
    return multipart(await Promise.all(written.map((part) => partOf.call(this, part, itemIndex))));
  },
  async binaryData(itemIndex) {
    const { content, mimeType } = await fileOf.call(
      this,
      this.getNodeParameter('inputDataFieldName', itemIndex),
      itemIndex,
    );
    return { contentType: mimeType, content };
  },
  raw(itemIndex) {
    const contentType = String(this.getNodeParameter('rawContentType', itemIndex, '')).trim();
    return {
      contentType: contentType || null,
      content: Buffer.from(String(this.getNodeParameter('body', itemIndex, ''))),
    };
  },
};

/** The body of one item's request; null where there is to be none. */
export async function bodyOf(this: IExecuteFunctions, method: string, itemIndex: number): Promise<CallBody | null> {
  const isSent = this.getNodeParameter('sendBody', itemIndex, false) === true;
  // n8n does not send the body of a GET.
  if (!isSent || method === 'GET' || method === 'HEAD') return null;
  const contentType = String(this.getNodeParameter('contentType', itemIndex, 'json'));
  const write = Object.hasOwn(WRITERS, contentType) ? WRITERS[contentType] : undefined;
  if (write === undefined) throw invalid(`There is no body content type "${contentType}"`);
  return await write.call(this, itemIndex);
}

async function partOf(this: IExecuteFunctions, part: IDataObject, itemIndex: number): Promise<Part> {
  const name = String(part.name ?? '');
  if (part.parameterType !== 'formBinaryData') return { name, content: Buffer.from(String(part.value ?? '')) };
  const { content, fileName, mimeType } = await fileOf.call(this, part.inputDataFieldName, itemIndex);
  return { name, content, fileName: fileName ?? 'file', mimeType };
}

async function fileOf(this: IExecuteFunctions, field: unknown, itemIndex: number) {
  const { fileName, mimeType } = this.helpers.assertBinaryData(itemIndex, field as string);
  return { content: await this.helpers.getBinaryDataBuffer(itemIndex, field as string), fileName, mimeType };
}
