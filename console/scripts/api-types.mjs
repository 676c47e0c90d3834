// Writes src/api/schema.d.ts from the contract, infra/openapi.yaml. The file is not committed: the build makes it,
// so that a screen that disagrees with the contract does not compile.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const contract = new URL('../../infra/openapi.yaml', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);

// CloudFormation's intrinsics stand in the gateway's extensions only, which say nothing about types.
const document = JSON.parse(
  JSON.stringify(parse(await readFile(contract, 'utf8')), (key, value) =>
    key.startsWith('x-') || key === 'options' ? undefined : value,
  ),
);
const types = astToString(await openapiTS(document, { emptyObjectsUnknown: true }));
const previous = await readFile(target, 'utf8').catch(() => '');
if (types !== previous) await writeFile(target, types);
