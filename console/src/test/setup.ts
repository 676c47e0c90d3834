import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

const base = document.createElement('base');
base.href = 'http://localhost:3000/v1/console/';
document.head.append(base);
afterEach(() => cleanup());
