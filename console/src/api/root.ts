/** Where the page stands, `…/console/`: the server's `<base href>`, which knows the stage's path. */
export function consoleUrl(): URL {
  return new URL('.', document.baseURI);
}

/** The API's root without a slash at its end: the console's parent. */
export function apiRoot(): string {
  return new URL('..', consoleUrl()).href.replace(/\/$/, '');
}
