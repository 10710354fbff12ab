'use client';

declare global {
  interface Window {
    /** Where the libraries below Radix look for a nonce (the package get-nonce). */
    __webpack_nonce__?: string;
  }
}

/**
 * Gives the nonce of the document to the libraries that insert a style element at run time, such as the scroll lock of
 * dialogs; without it the content security policy refuses their styles. Only the first counts: when an action renews the
 * root layout, it comes with the nonce of that request, which the document's policy does not know.
 */
export function StyleNonce({ nonce }: { nonce: string | undefined }) {
  if (typeof window !== 'undefined' && nonce) window.__webpack_nonce__ ??= nonce;
  return null;
}
