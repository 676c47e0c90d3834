/**
 * The session of this browser, in every open tab.
 *
 * 1. The access token is in the memory of the tabs and nowhere else: no storage, no URL, no log. What survives a
 *    reload is the refresh cookie, which no script can read.
 * 2. `POST /auth/refresh` exchanges the cookie for a token: when a tab opens where somebody is signed in, shortly
 *    before a token ends, and when the API answers 401.
 * 3. One tab refreshes at a time, under a lock that the tabs of an origin share. It hands the token to the others by
 *    a BroadcastChannel: only pages of this origin receive it, which could ask for one themselves, and a refresh
 *    cookie is used once for all tabs.
 * 4. Signing in and out is told to the other tabs as well. A session that ended elsewhere is noticed at the next
 *    request: the API answers 401, the refresh too, and every tab asks to sign in.
 *
 * A failure that is not about the credential (no network, 429, 5xx) never ends a session.
 */
import { ApiError, errorOf, statusOf } from '../api/errors';
import type { components } from '../api/schema';

type Token = components['schemas']['Token'];
type Me = components['schemas']['Me'];

/**
 * Why nobody is signed in: nobody was, they signed out, the session ended by itself or elsewhere, or they sign in again
 * because something needs a password that was just entered.
 */
export type SignedOutReason = 'none' | 'signed_out' | 'ended' | 'again';

export type SessionState =
  | { status: 'starting' }
  /** The first refresh failed for a reason that is not about the credential. */
  | { status: 'unreachable'; error: ApiError }
  | { status: 'signed_out'; reason: SignedOutReason }
  /**
   * `generation` counts sign-ins: data that was read in another one may be somebody else's. `who` is the id of who
   * signed in, where a sign-in has told.
   */
  | { status: 'signed_in'; generation: number; who?: string | undefined };

/** What tabs tell each other. */
type Message =
  | { kind: 'token'; token: string; expiresAt: number; signIn: boolean; who?: string | undefined }
  | { kind: 'signed_out'; reason: SignedOutReason };

/** What a session needs of the browser; tests give their own. */
export type Surroundings = {
  root: string;
  fetch: (request: Request) => Promise<Response>;
  now: () => number;
  /** Runs one task at a time among all tabs. `waited` says that another one's had to end first. */
  exclusively: <T>(task: (waited: boolean) => Promise<T>) => Promise<T>;
  channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;
  setTimer: (task: () => void, milliseconds: number) => number;
  clearTimer: (timer: number) => void;
  /** Whether this browser is signed in, as far as is known: no secret, and kept between visits. */
  trace: { read: () => boolean; write: (signedIn: boolean) => void };
};

type SessionToken = { text: string; expiresAt: number };

/** A lock is handed on by another way than messages are, and may be faster by so much. */
const MESSAGE_MS = 500;
/** How long before its end a token is replaced: a minute, or a fifth of a short life. */
const EARLY_MS = 60_000;
/** A token this close to its end may be over when the request arrives. */
const MARGIN_MS = 5_000;
/** How soon a refresh is tried again that failed for a reason that passes. */
const AGAIN_MS = 15_000;
/** What the API says to a credential that a route does not take. A 403 of something in between has other words. */
const NOT_PERMITTED = 'Not permitted';

export class Session {
  #state: SessionState = { status: 'starting' };
  #token: SessionToken | null = null;
  #generation = 0;
  #refreshing: Promise<void> | null = null;
  #timer: number | null = null;
  #told: (() => void) | null = null;
  #listeners = new Set<() => void>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
    around.channel.onmessage = (event: MessageEvent<Message>) => {
      this.#hear(event.data);
      this.#told?.();
    };
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): SessionState => this.#state;

  /** Whether the cookie of an earlier visit still opens a session. */
  async start(): Promise<void> {
    // Another tab may have said so first.
    if (this.#state.status === 'signed_in') return;
    // Who was never here has no cookie: asked all the same, the API would refuse, and the browser log an error.
    if (!this.#around.trace.read()) {
      this.#forget('none');
      return;
    }
    this.#set({ status: 'starting' });
    try {
      await this.#refresh('none');
    } catch (error) {
      if (this.#state.status === 'starting') {
        this.#set({ status: 'unreachable', error: asApiError(error) });
      }
    }
  }

  /**
   * Signs in. The session of a first password has no cookie and no screens: the caller finds out by `GET /users/me`,
   * which such a session may not read, before the other tabs are told.
   *
   * @throws ApiError 401 for a wrong answer, 429 with the seconds to wait
   */
  async signIn(email: string, password: string): Promise<'signed_in' | 'first_password'> {
    const token = await this.#post('/auth/login', { email, password });
    const me = await this.#send(new Request(`${this.#around.root}/users/me`), token.access_token);
    if (!me.ok) {
      const refusal = await errorOf(me);
      if (refusal.status !== 403 || refusal.detail !== NOT_PERMITTED) throw refusal;
      this.#firstPassword = token.access_token;
      return 'first_password';
    }
    const { id } = (await me.json()) as Me;
    this.#adopt(token, true, id);
    return 'signed_in';
  }

  #firstPassword: string | null = null;

  /** Replaces the first password, which opens the session of the person who knows it. */
  async replaceFirstPassword(current: string, next: string): Promise<void> {
    const request = this.#json('PUT', '/users/me/password', {
      current_password: current,
      new_password: next,
    });
    const answer = await this.#send(request, this.#firstPassword);
    if (!answer.ok) throw await errorOf(answer);
    this.#firstPassword = null;
    this.#adopt((await answer.json()) as Token, true);
  }

  /** Ends the session here, in every tab and at the API. Where the API cannot be reached it goes on, and says so. */
  async signOut(reason: 'signed_out' | 'again' = 'signed_out'): Promise<void> {
    const answer = await this.#send(
      new Request(`${this.#around.root}/auth/logout`, { method: 'POST', credentials: 'include' }),
      this.#token?.text ?? null,
    );
    // 401: it has ended before.
    if (!answer.ok && answer.status !== 401) throw await errorOf(answer);
    this.end(reason);
  }

  /**
   * Signs out whoever is signed in here after a change that ended sessions, theirs or another person's: at the API as
   * well, or the cookie would go on. Where that fails, at least this browser forgets it.
   */
  async leave(): Promise<void> {
    if (this.#isSignedOut()) return;
    await this.signOut().catch(() => this.end('signed_out'));
  }

  /** The session is over: forgets the token, here and in the other tabs. */
  end(reason: SignedOutReason): void {
    this.#around.channel.postMessage({ kind: 'signed_out', reason } satisfies Message);
    this.#forget(reason);
  }

  /**
   * Sends a request with the session's token. A 401 is answered by one refresh and one more try: a token that ended
   * on its way is no reason to sign in again.
   */
  async fetch(request: Request): Promise<Response> {
    const again = request.clone();
    const token = await this.#current();
    const answer = await this.#send(request, token);
    if (answer.status !== 401) return answer;
    if (this.#token?.text === token) this.#token = null;
    return this.#send(again, await this.#current());
  }

  /** Sends a request that is open to everyone, without the session's token: nobody needs to be signed in. */
  anonymously(request: Request): Promise<Response> {
    return this.#send(request, null);
  }

  /** Called when the page is seen again: timers of hidden pages are late. */
  readonly wake = (): void => {
    if (this.#state.status === 'unreachable') void this.start();
    if (this.#state.status === 'signed_in' && !this.#isFresh(EARLY_MS)) this.#refreshInBackground();
  };

  async #current(): Promise<string> {
    if (this.#isFresh(MARGIN_MS) && this.#token !== null) return this.#token.text;
    if (!this.#isSignedOut()) await this.#refresh('ended');
    const token = this.#token as { text: string } | null;
    if (token === null) throw new ApiError(401, '');
    return token.text;
  }

  #isSignedOut(): boolean {
    return this.#state.status === 'signed_out';
  }

  #isFresh(margin: number): boolean {
    return this.#token !== null && this.#token.expiresAt - margin > this.#around.now();
  }

  /** One at a time in this tab, and among the tabs. A refused one signs out, with `reason`. */
  #refresh(reason: SignedOutReason): Promise<void> {
    this.#refreshing ??= this.#refreshAlone(reason).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshAlone(reason: SignedOutReason): Promise<void> {
    const before = this.#token;
    await this.#around.exclusively(async (waited) => {
      // While this tab waited for its turn, another one may have refreshed for it, and what it said be on its way.
      if (waited) await this.#hears(before);
      if (this.#token !== before && this.#isFresh(MARGIN_MS)) return;
      // Or signed out, which is the last word.
      if (this.#state.status === 'signed_out') return;
      try {
        const token = await this.#post('/auth/refresh');
        if (this.#isSignedOut()) return;
        this.#adopt(token, false);
      } catch (error) {
        const status = statusOf(error);
        if (status !== 401 && status !== 403) throw error;
        if (reason === 'none') this.#forget(reason);
        else this.end(reason);
      }
    });
  }

  /** Until another tab has told this one of a token or an end, or for as long as that may take. */
  async #hears(before: SessionToken | null): Promise<void> {
    if (this.#token !== before || this.#state.status === 'signed_out') return;
    await new Promise<void>((resolve) => {
      const timer = this.#around.setTimer(resolve, MESSAGE_MS);
      this.#told = () => {
        this.#around.clearTimer(timer);
        resolve();
      };
    });
    this.#told = null;
  }

  #refreshInBackground(): void {
    this.#refresh('ended').catch(() => this.#schedule(AGAIN_MS));
  }

  #adopt(token: Token, signIn: boolean, who?: string): void {
    const expiresAt = this.#around.now() + token.expires_in * 1000;
    const message: Message = { kind: 'token', token: token.access_token, expiresAt, signIn, who };
    this.#around.channel.postMessage(message);
    this.#hear(message);
  }

  #hear(message: Message): void {
    if (message.kind === 'signed_out') {
      this.#forget(message.reason);
      return;
    }
    this.#token = { text: message.token, expiresAt: message.expiresAt };
    this.#around.trace.write(true);
    const left = message.expiresAt - this.#around.now();
    this.#schedule(Math.max(left - Math.min(EARLY_MS, left / 5), 1_000));
    if (message.signIn || this.#state.status !== 'signed_in') {
      this.#generation += 1;
      this.#set({ status: 'signed_in', generation: this.#generation, who: message.who });
    }
  }

  #forget(reason: SignedOutReason): void {
    this.#token = null;
    this.#around.trace.write(false);
    if (this.#timer !== null) this.#around.clearTimer(this.#timer);
    this.#timer = null;
    // Whoever has signed out already is not told another reason.
    if (this.#state.status !== 'signed_out') this.#set({ status: 'signed_out', reason });
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== null) this.#around.clearTimer(this.#timer);
    this.#timer = this.#around.setTimer(() => this.#refreshInBackground(), milliseconds);
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #json(method: string, path: string, content: unknown): Request {
    return new Request(this.#around.root + path, {
      method,
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(content),
    });
  }

  async #post(path: string, content?: unknown): Promise<Token> {
    const request =
      content === undefined
        ? new Request(this.#around.root + path, { method: 'POST', credentials: 'include' })
        : this.#json('POST', path, content);
    const answer = await this.#send(request, null);
    if (!answer.ok) throw await errorOf(answer);
    return (await answer.json()) as Token;
  }

  async #send(request: Request, token: string | null): Promise<Response> {
    if (token !== null) request.headers.set('Authorization', `Bearer ${token}`);
    try {
      return await this.#around.fetch(request);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError(0, '');
    }
  }
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, '');
}
