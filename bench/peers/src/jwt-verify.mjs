// aws-jwt-verify with the key at hand and nothing read: the signature and the claims, and no look at whether the
// session was ended, the user disabled, or the role changed.
import { JwtVerifier } from "aws-jwt-verify";
import { bearer, policy, serve } from "./runtime.mjs";

const issuer = process.env.PEER_ISSUER;
const verifier = JwtVerifier.create({ issuer, audience: issuer, jwksUri: `${issuer}/.well-known/jwks.json` });
verifier.cacheJwks(JSON.parse(process.env.PEER_JWKS));

await serve(async (event) => {
  const claims = await verifier.verify(bearer(event) ?? "").catch(() => undefined);
  if (!claims) throw new Error("Unauthorized");
  return policy(event.methodArn, claims.sub, { user: claims.sub, organization: claims.org });
});
