// The Lambda Runtime API, as small as it can be: what Lambda's own Node runtime does beside this is left out, in the
// peers' favour. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import http from "node:http";

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const root = "/2018-06-01/runtime/invocation";

function request(method, path, body) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host, port, method, path, agent }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ headers: answer.headers, text: Buffer.concat(parts).toString("utf8") }));
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Answers events with `handler` until the process is ended. */
export async function serve(handler) {
  for (;;) {
    const { headers, text } = await request("GET", `${root}/next`);
    const id = headers["lambda-runtime-aws-request-id"];
    try {
      const answer = await handler(JSON.parse(text));
      await request("POST", `${root}/${id}/response`, JSON.stringify(answer));
    } catch (error) {
      const body = { errorType: error.name, errorMessage: error.message };
      await request("POST", `${root}/${id}/error`, JSON.stringify(body));
    }
  }
}

/** An Allow or a Deny of exactly what was asked for. */
export function policy(methodArn, principalId, context) {
  const Effect = context ? "Allow" : "Deny";
  return {
    principalId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect, Resource: methodArn }],
    },
    context: context ?? {},
  };
}

/** What stands behind `Bearer `, or undefined. */
export function bearer(event) {
  const values = event.multiValueHeaders?.Authorization ?? [];
  const match = values.length === 1 ? /^Bearer ([\x21-\x7e]+)$/i.exec(values[0]) : null;
  return match?.[1];
}
