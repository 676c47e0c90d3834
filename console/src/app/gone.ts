/** What of the browser is needed to load the page anew; tests have their own. */
export type Surroundings = {
  events: Pick<EventTarget, 'addEventListener'>;
  history: Pick<History, 'state' | 'pushState' | 'replaceState'>;
  reload: () => void;
  isOnline: () => boolean;
  now: () => number;
  /** The address of the screen that is being opened, if one is. */
  wanted: () => string | null;
};

/** Where a reload within this time did not help, another one would not either. */
const AGAIN_MS = 60_000;
let isReloading = false;

/**
 * A page that was open during a deployment asks for scripts that are gone. It is loaded anew, once: at the screen
 * that was to be opened. That it was stands in the state of the history's entry, which outlives the reload and not
 * the next step.
 */
export function reloadWhereScriptsAreGone(around: Surroundings): void {
  const { history } = around;
  around.events.addEventListener('vite:preloadError', () => {
    // Without a network the scripts are missing as well, and the reload would lose the page.
    if (!around.isOnline() || around.now() - reloadedAt(history.state) < AGAIN_MS) return;
    const state = { ...asObject(history.state), reloadedAt: around.now() };
    const wanted = around.wanted();
    if (wanted === null) history.replaceState(state, '');
    else history.pushState({ reloadedAt: state.reloadedAt }, '', wanted);
    isReloading = true;
    around.reload();
  });
}

/**
 * What `load` finds, or `otherwise`; while the page is being loaded anew neither: a step that the router took now
 * would forget that. (A route whose `lazy` fails is shown as an empty page, whatever its `errorElement` is.)
 */
export async function loaded<T>(load: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await load();
  } catch {
    return isReloading ? new Promise<T>(() => undefined) : otherwise;
  }
}

const asObject = (state: unknown): object => (typeof state === 'object' && state !== null ? state : {});

function reloadedAt(state: unknown): number {
  const object = asObject(state);
  return 'reloadedAt' in object && typeof object.reloadedAt === 'number' ? object.reloadedAt : -Infinity;
}
