/**
 * The one-time token of a reset link, `…/reset#token=…`. A fragment is sent to no server; it is taken out of the
 * address, and so out of the history, before the page shows anything, and then is in memory only.
 */
let token: string | null = null;

/** Takes the token out of the address, where there is one. */
export function takeResetToken(): void {
  const found = /^#token=(.+)$/.exec(window.location.hash)?.[1];
  if (found === undefined) return;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  token = decoded(found);
}

/** A link that was cut, or changed on its way, is no good: the API says so, and the page can. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const resetToken = (): string | null => token;

export function forgetResetToken(): void {
  token = null;
}
