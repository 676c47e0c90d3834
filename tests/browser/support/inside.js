/**
 * Behind the API, by the doors of the cloud that the system runs in: what only time brings about, and what is done
 * once, when a stack is made.
 */
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { secret, stack } from './stack.js';

async function aws(service, path, headers, content) {
  // The local cloud believes anybody; it reads from the signature which service is meant.
  const scope = `20300101/us-east-1/${service}/aws4_request`;
  const signature = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=host, Signature=none`;
  const answer = await fetch(stack.aws_endpoint_url + path, {
    method: content === undefined ? 'GET' : 'POST',
    headers: { ...headers, Authorization: signature },
    ...(content !== undefined && { body: JSON.stringify(content) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${path}: ${answer.status} ${text.slice(0, 200)}`);
  return text === '' ? null : JSON.parse(text);
}

const secrets = (operation, content) =>
  aws(
    'secretsmanager',
    '/',
    { 'X-Amz-Target': `secretsmanager.${operation}`, 'Content-Type': 'application/x-amz-json-1.1' },
    content,
  );

/** What a secret holds, by its name in the template. */
async function contentOf(logicalId) {
  const { SecretList: all } = await secrets('ListSecrets', {});
  const { ARN: id } = all.find(({ Tags: tags = [] }) => tags.some(({ Value }) => Value === logicalId));
  return JSON.parse((await secrets('GetSecretValue', { SecretId: id })).SecretString);
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());
/** What a session token says. */
export const claimsOf = (token) => read(token.split('.')[1]);

/**
 * The token of the same session as it is when a time has passed: issued so many seconds earlier, and signed by the
 * key that signed it.
 */
export async function aged(token, seconds) {
  const header = read(token.split('.')[0]);
  const claims = claimsOf(token);
  const { keys } = await contentOf('SigningSecret');
  const { private: pkcs8 } = keys.find((one) => one.public.kid === header.kid);
  const key = createPrivateKey({ key: Buffer.from(pkcs8, 'base64url'), format: 'der', type: 'pkcs8' });
  const text = `${part(header)}.${part({ ...claims, iat: claims.iat - seconds, exp: claims.exp - seconds })}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return secret(`${text}.${signature.toString('base64url')}`);
}

/** The token of the same session a minute after its end. */
export function ended(token) {
  const { exp } = claimsOf(token);
  return aged(token, exp - Math.floor(Date.now() / 1000) + 60);
}

/** Does something to one item of the table. */
const item = (operation, pk, sk, content = {}) =>
  aws(
    'dynamodb',
    '/',
    { 'X-Amz-Target': `DynamoDB_20120810.${operation}`, 'Content-Type': 'application/x-amz-json-1.0' },
    { TableName: stack.table, Key: { pk: { S: pk }, sk: { S: sk } }, ...content },
  );

/** Ends the time of a token's session, as the days do that one lasts at most. */
export async function timeIsOver(token) {
  const { sub, sid } = claimsOf(token);
  await item('UpdateItem', `USER#${sub}`, `SESSION#${sid}`, {
    UpdateExpression: 'SET expires_at = :now',
    ConditionExpression: 'attribute_exists(expires_at)',
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000) - 1) } },
  });
}

/** Forgets what was tried from this address, as a day does: or the failures of several runs would add up. */
export async function attemptsAreForgotten() {
  for (const subject of ['address 127.0.0.1', 'forgot address 127.0.0.1']) {
    const hash = createHash('sha256').update(subject).digest('hex');
    await item('DeleteItem', `THROTTLE#${hash}`, 'WINDOW');
  }
}

/**
 * Has the stack's own custom resource make one more organization, as for a stack that is made; answers its first
 * admin, whose password is the one that the deployment put into its secret. `token` is anybody's of this deployment.
 */
export async function firstAdmin(token) {
  const { Functions: functions } = await aws('lambda', '/2015-03-31/functions/');
  const { FunctionName: name } = functions.find((one) => one.FunctionName.includes('-SetupFunction-'));
  const email = `first-${randomBytes(6).toString('hex')}@browser.example.test`;
  const { url, answer } = await answered();
  const event = {
    RequestType: 'Create',
    ResponseURL: url,
    StackId: `arn:aws:cloudformation:us-east-1:000000000000:stack/${email}`,
    RequestId: email,
    LogicalResourceId: 'Setup',
    ResourceProperties: {
      // As it is already: what is published stays.
      BaseUrl: claimsOf(token).iss,
      OrganizationName: 'A new one',
      AdminEmail: email,
    },
  };
  await aws('lambda', `/2015-03-31/functions/${name}/invocations`, {}, event);
  const { Status: status, Reason: reason } = await answer;
  if (status !== 'SUCCESS') throw new Error(`the setup is ${status}: ${reason}`);
  const { password } = await contentOf('FirstAdminSecret');
  return { email, password: secret(password) };
}

/** A place that a custom resource answers to, once. */
async function answered() {
  let done;
  const answer = new Promise((resolve) => (done = resolve));
  const server = createServer(async (request, response) => {
    const body = [];
    for await (const chunk of request) body.push(chunk);
    response.end();
    server.close();
    done(JSON.parse(Buffer.concat(body).toString()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, answer };
}
