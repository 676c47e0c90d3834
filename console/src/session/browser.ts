import { Session, type Surroundings } from './session';

/** For tests: tabs of one browser, with the lock and the channel that they share, a clock, and an API. */
export class Browser {
  now = 1_000_000;
  /** Of an earlier visit. */
  signedIn = true;
  /** Each request that was sent, as `POST /auth/refresh Bearer t1`. */
  sent: string[] = [];
  #channels: { onmessage: Surroundings['channel']['onmessage'] }[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #busy = 0;
  #late: (() => void)[] | null = null;
  #timers: { tab: number; at: number; task: () => void; id: number }[] = [];
  #ids = 0;

  constructor(readonly answer: (request: Request, token: string | null) => Response | Promise<Response>) {}

  open(): Session {
    const tab = this.#channels.length;
    const channel: Surroundings['channel'] = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of this.#channels) {
          if (other === channel) continue;
          const deliver = () => {
            other.onmessage?.call(null as never, new MessageEvent('message', { data }));
          };
          if (this.#late === null) deliver();
          else this.#late.push(deliver);
        }
      },
    };
    this.#channels.push(channel);
    return new Session({
      root: 'http://api.example.test/v1',
      channel,
      now: () => this.now,
      fetch: async (request) => {
        const token = request.headers.get('Authorization')?.replace('Bearer ', '') ?? null;
        const path = new URL(request.url).pathname.replace('/v1', '');
        this.sent.push([request.method, path, token].filter((part) => part !== null).join(' '));
        return this.answer(request, token);
      },
      exclusively: <T>(task: (waited: boolean) => Promise<T>): Promise<T> => {
        const waited = this.#busy > 0;
        this.#busy += 1;
        const mine = this.#turn.then(() => task(waited));
        this.#turn = mine
          .catch(() => undefined)
          .finally(() => {
            this.#busy -= 1;
          });
        return mine;
      },
      setTimer: (task, milliseconds) => {
        this.#ids += 1;
        this.#timers.push({ tab, at: this.now + milliseconds, task, id: this.#ids });
        return this.#ids;
      },
      clearTimer: (id) => {
        this.#timers = this.#timers.filter((timer) => timer.id !== id);
      },
      trace: {
        read: () => this.signedIn,
        write: (signedIn) => {
          this.signedIn = signedIn;
        },
      },
    });
  }

  /** From now on what a tab tells the others is on its way until `deliver`. */
  delay(): void {
    this.#late = [];
  }
  async deliver(): Promise<void> {
    const late = this.#late ?? [];
    this.#late = null;
    for (const message of late) message();
    await this.settle();
  }

  /** Lets time pass, and the timers that it ends. */
  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    const due = this.#timers.filter((timer) => timer.at <= this.now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.now);
    for (const timer of due) timer.task();
    await this.settle();
  }

  /** Until nothing more follows from what has happened. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }
}

export function json(status: number, content: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(content), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}
export const tokenAnswer = (text: string, seconds = 900): Response =>
  json(200, { access_token: text, token_type: 'bearer', expires_in: seconds });
export const refused = (): Response => json(401, { detail: 'Could not validate credentials' });
