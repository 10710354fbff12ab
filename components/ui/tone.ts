/** The colours that carry a meaning. Each has a text colour and a soft surface, in both themes. */
export type Tone = 'neutral' | 'blue' | 'teal' | 'green' | 'amber' | 'orange' | 'red' | 'violet';

export const toneText: Record<Tone, string> = {
  neutral: 'text-tone-neutral',
  blue: 'text-tone-blue',
  teal: 'text-tone-teal',
  green: 'text-tone-green',
  amber: 'text-tone-amber',
  orange: 'text-tone-orange',
  red: 'text-tone-red',
  violet: 'text-tone-violet',
};

export const toneSoft: Record<Tone, string> = {
  neutral: 'bg-tone-neutral-soft',
  blue: 'bg-tone-blue-soft',
  teal: 'bg-tone-teal-soft',
  green: 'bg-tone-green-soft',
  amber: 'bg-tone-amber-soft',
  orange: 'bg-tone-orange-soft',
  red: 'bg-tone-red-soft',
  violet: 'bg-tone-violet-soft',
};

export const toneFill: Record<Tone, string> = {
  neutral: 'bg-tone-neutral',
  blue: 'bg-tone-blue',
  teal: 'bg-tone-teal',
  green: 'bg-tone-green',
  amber: 'bg-tone-amber',
  orange: 'bg-tone-orange',
  red: 'bg-tone-red',
  violet: 'bg-tone-violet',
};
