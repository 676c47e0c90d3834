import { toast } from '../components/Toasts';
import { session } from '../session/instance';
import { explain } from './explain';

/** Signs out, and says so where it failed: the session goes on then. */
export function signOut(): void {
  session.signOut().catch((error: unknown) => toast(explain(error), 'danger'));
}
