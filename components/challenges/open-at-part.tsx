'use client';

import { useEffect } from 'react';

/**
 * Opens the page at the part that its address names. The browser does so by itself only for what is there when the address
 * is opened, and this page comes after its skeleton. Who has scrolled by then stays where he is.
 */
export function OpenAtPart() {
  useEffect(() => {
    if (window.scrollY > 0 || window.location.hash.length < 2) return;
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  }, []);
  return null;
}
