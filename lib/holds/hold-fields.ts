import { requiredText } from '@/lib/platform/fields';

/** What gives a text another look than its letters say: control characters and those that turn its direction. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** The case or request that a hold serves, as people call it: one line. */
export const matterField = readable(requiredText('the matter that the hold serves', 200), (text) => text);

/** Why a hold is placed or released; it may have several lines. */
export const holdReasonField = readable(requiredText('a reason', 2000), (text) =>
  text.replace(/\r?\n|\t/g, ' '),
);

/** `inLine` takes out what is allowed in addition. */
function readable(field: ReturnType<typeof requiredText>, inLine: (text: string) => string) {
  return field
    .refine(
      (text) => !CONTROL.test(inLine(text)),
      'control characters are not allowed: type it as plain text',
    )
    .refine((text) => text === '' || VISIBLE.test(text), 'this looks empty: use letters or digits');
}
