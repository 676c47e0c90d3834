// A handler that does nothing: what the runtime itself takes.
import { policy, serve } from "./runtime.mjs";

await serve(async (event) => policy(event.methodArn, "nobody", {}));
