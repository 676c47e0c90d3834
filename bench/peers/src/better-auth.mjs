// better-auth with its API-key plugin over its adapter for memory: what a verification computes, and which calls it
// makes of the store, which cost nothing here. The key is its own: the event's is not read.
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { policy, serve } from "./runtime.mjs";

const calls = { reads: 0, writes: 0 };
const counted = { findOne: "reads", findMany: "reads", count: "reads", create: "writes", update: "writes", updateMany: "writes", delete: "writes", deleteMany: "writes", incrementOne: "writes", consumeOne: "writes" };
const database = { user: [], session: [], account: [], verification: [], apikey: [] };
const adapter = (options) => {
  const made = memoryAdapter(database)(options);
  for (const [name, kind] of Object.entries(counted)) {
    const original = made[name];
    if (original) made[name] = (...given) => (calls[kind]++, original.apply(made, given));
  }
  return made;
};
const auth = betterAuth({
  baseURL: "https://localhost",
  secret: "a secret of thirty-two characters for a bench",
  database: adapter,
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
  telemetry: { enabled: false },
});
const { user } = await auth.api.signUpEmail({
  body: { email: "bench@example.test", password: "a long password of a bench", name: "Bench" },
});
const { key } = await auth.api.createApiKey({ body: { name: "bench", userId: user.id } });

await serve(async (event) => {
  Object.assign(calls, { reads: 0, writes: 0 });
  const { valid } = await auth.api.verifyApiKey({ body: { key } });
  if (!valid) throw new Error("Unauthorized");
  return policy(event.methodArn, user.id, { reads: String(calls.reads), writes: String(calls.writes) });
});
