import { useNavigate } from 'react-router';
import { toast } from '../components/Toasts';
import { t } from '../strings';

const words = t.keys.revoke;

/** Says that a key is revoked. No list has it any more: `path` leads to its page, where its calls stay. */
export function useSayRevoked() {
  const navigate = useNavigate();
  return (name: string, path?: string) => {
    const look = path === undefined ? null : { label: words.look, run: () => void navigate(path) };
    toast(words.done(name), 'good', look);
  };
}
