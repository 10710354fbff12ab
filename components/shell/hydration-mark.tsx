'use client';

import { useEffect } from 'react';

/** Marks the document once React listens: clicks before that are lost, so browser tests wait for it. */
export function HydrationMark() {
  useEffect(() => {
    document.documentElement.dataset.hydrated = 'true';
  }, []);
  return null;
}
