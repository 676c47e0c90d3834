// The authorizer as one writes it for Node: AWS SDK for JavaScript v3, node:crypto, no framework. It reads the same
// items of the same table by one BatchGetItem, and checks what a key or a session of this route has to fulfil.
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { createHash, createPublicKey, randomInt, timingSafeEqual, verify } from "node:crypto";
import { crc32 } from "node:zlib";
import { bearer, policy, serve } from "./runtime.mjs";

const table = process.env.TABLE_NAME;
const client = new DynamoDBClient({});
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const values = new Map([...digits].map((digit, value) => [digit, BigInt(value)]));

// The public keys, read once during init as ours are.
const { Item: published } = await client.send(
  new GetItemCommand({ TableName: table, Key: { pk: { S: "JWKS" }, sk: { S: "JWKS" } }, ConsistentRead: true }),
);
const issuer = published.base_url.S;
const keys = new Map(
  published.keys.L.map(({ M }) => {
    const [x, y] = [M.x.B, M.y.B].map((bytes) => Buffer.from(bytes).toString("base64url"));
    return [M.id.S, createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" })];
  }),
);

function number(text) {
  let value = 0n;
  for (const digit of text) value = value * 62n + values.get(digit);
  return value;
}

// crc32 is in node:zlib from Node 20.15 on.
function apiKey(text) {
  if (!/^qarion_[0-9A-Za-z]{83}$/.test(text)) return undefined;
  const body = text.slice(0, -6);
  if (number(text.slice(-6)) !== BigInt(crc32(body))) return undefined;
  const words = body.slice("qarion_".length).match(/.{11}/g);
  const secret = Buffer.alloc(32);
  words.slice(3).forEach((word, index) => secret.writeBigUInt64BE(number(word), index * 8));
  const [organization, user, key] = words;
  return {
    kind: "api_key",
    organization: `org_${organization}`,
    user: `usr_${user}`,
    id: `key_${key}`,
    sk: `KEY#key_${key}`,
    hash: createHash("sha256").update(secret).digest(),
  };
}

function session(text, now) {
  const parts = text.split(".");
  if (parts.length !== 3) return undefined;
  const header = JSON.parse(Buffer.from(parts[0], "base64url"));
  const key = keys.get(header.kid);
  if (header.alg !== "ES256" || header.typ !== "at+jwt" || !key) return undefined;
  const signature = Buffer.from(parts[2], "base64url");
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  if (!verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature)) return undefined;
  const claims = JSON.parse(Buffer.from(parts[1], "base64url"));
  if (claims.iss !== issuer || claims.aud !== issuer || claims.exp <= now) return undefined;
  return {
    kind: "session",
    organization: claims.org,
    user: claims.sub,
    id: claims.sid,
    sk: `SESSION#${claims.sid}`,
    issued: claims.iat,
  };
}

function holds(credential, found, now) {
  const user = found.get(`USER#${credential.user}|PROFILE`);
  const stored = found.get(`USER#${credential.user}|${credential.sk}`);
  const rules = [...found.entries()].find(([name]) => name.endsWith("|POLICY"))?.[1];
  if (!user || !stored || !rules || user.disabled.BOOL || user.organization.S !== credential.organization) return false;
  if (credential.kind === "api_key") {
    if (!timingSafeEqual(stored.hash.B, credential.hash)) return false;
    if (stored.revoked_at.N || (stored.ends_at.N && Number(stored.ends_at.N) <= now)) return false;
    return rules.api_keys_allowed.BOOL && stored.epoch.N === user.key_epoch.N;
  }
  if (Number(stored.expires_at.N) <= now || now - credential.issued >= Number(rules.session_seconds.N)) return false;
  return stored.epoch.N === user.session_epoch.N;
}

await serve(async (event) => {
  const now = Math.floor(Date.now() / 1000);
  const text = bearer(event);
  const credential = text && (text.includes(".") ? session(text, now) : apiKey(text));
  const line = { decision: "unauthorized", method: event.httpMethod, route: event.resource };
  if (!credential) {
    console.log(JSON.stringify(line));
    throw new Error("Unauthorized");
  }
  const space = event.pathParameters?.space;
  const keysToRead = [
    [`USER#${credential.user}`, credential.sk],
    [`USER#${credential.user}`, "PROFILE"],
    [`ORG#${credential.organization}#${randomInt(16)}`, "POLICY"],
  ];
  if (space) keysToRead.push([`ORG#${credential.organization}`, `SPACE#${space}`], [`USER#${credential.user}`, `SPACE#${space}`]);
  const Keys = keysToRead.map(([pk, sk]) => ({ pk: { S: pk }, sk: { S: sk } }));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
  );
  if (UnprocessedKeys?.[table]) throw new Error("throttled");
  const found = new Map(Responses[table].map((item) => [`${item.pk.S}|${item.sk.S}`, item]));
  if (!holds(credential, found, now)) {
    console.log(JSON.stringify(line));
    throw new Error("Unauthorized");
  }
  const membership = space && found.get(`USER#${credential.user}|SPACE#${space}`);
  const admin = found.get(`USER#${credential.user}|PROFILE`).organization_role.S === "admin";
  const allowed = !space || admin || Boolean(membership);
  console.log(JSON.stringify({ ...line, decision: allowed ? "allow" : "forbidden", cred: credential.id, user: credential.user }));
  const context = { user: credential.user, organization: credential.organization, credential: credential.id };
  return policy(event.methodArn, credential.user, allowed ? context : undefined);
});
