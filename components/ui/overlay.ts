/** The looks that dialogs and alert dialogs share. */
export const overlayClass =
  'fixed inset-0 z-40 bg-black/45 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0';

/** On a phone the sheet sits at the bottom, within reach of a thumb; from 640 px on it stands in the middle. */
export const sheetClass = [
  'fixed inset-x-0 bottom-0 z-50 grid max-h-[90dvh] w-full gap-4 overflow-y-auto rounded-t-xl border bg-popover p-6 shadow-overlay',
  'sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-w-lg sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl',
  'focus:outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0',
].join(' ');
