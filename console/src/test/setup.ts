import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

const base = document.createElement('base');
base.href = 'http://localhost:3000/v1/console/';
document.head.append(base);

// jsdom has no CSS object; React Aria looks elements up by ids of its own, which need no escaping.
vi.stubGlobal('CSS', { escape: (text: string) => text });

afterEach(() => cleanup());
