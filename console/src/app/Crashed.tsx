import { useEffect } from 'react';
import { Button } from '../components/Button';
import { EmptyState } from '../components/States';
import { t } from '../strings';

/** A screen that could not be rendered, or whose script is gone because another version was deployed. */
export function Crashed() {
  const words = t.common.crashed;
  useEffect(() => {
    document.title = t.common.pageTitle(words.title);
  }, [words.title]);
  return (
    <main className="gate" role="alert">
      <EmptyState
        icon="warning"
        title={words.title}
        action={<Button onPress={() => window.location.reload()}>{t.common.reload}</Button>}
      >
        {words.text}
      </EmptyState>
    </main>
  );
}
