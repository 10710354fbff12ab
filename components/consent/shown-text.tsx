interface ShownTextProps {
  /** Paragraphs are separated by empty lines. */
  text: string;
}

/** A text as it was or is shown before a decision, word for word; its lines are its own. */
export function ShownText({ text }: ShownTextProps) {
  const [title, ...paragraphs] = text.replaceAll('\r\n', '\n').split('\n\n');
  return (
    <div className="grid gap-3 rounded-md border bg-muted/50 px-4 py-3 break-words whitespace-pre-line">
      <p className="font-medium">{title}</p>
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text is replaced as a whole.
        <p key={index}>{paragraph}</p>
      ))}
    </div>
  );
}
