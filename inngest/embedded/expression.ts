/**
 * The part of Inngest's expressions (CEL) that this runner knows: comparisons by == and != of paths (`event.data.id`,
 * `async.data.id`) and literals, joined by &&. Anything else throws when it is read, never when it is used.
 */
export type Condition = (scope: { event: unknown; async?: unknown }) => boolean;

const OPERAND = String.raw`(?:event|async)(?:\.\w+)+|'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|true|false|null`;
const COMPARISON = String.raw`(${OPERAND})\s*(==|!=)\s*(${OPERAND})`;
const ALL = new RegExp(String.raw`^\s*${COMPARISON}(?:\s*&&\s*${COMPARISON})*\s*$`);
const PATH = /^event(?:\.\w+)+$/;

/** Throws an Error that names the expression when it is not of the part above. */
export function compileCondition(expression: string): Condition {
  if (!ALL.test(expression)) {
    throw new Error(`the expression "${expression}" is beyond what the embedded runner understands`);
  }
  const comparisons = [...expression.matchAll(new RegExp(COMPARISON, 'g'))].map(
    ([, left = '', operator, right = '']) => ({
      left: compileOperand(left),
      equal: operator === '==',
      right: compileOperand(right),
    }),
  );
  return (scope) =>
    comparisons.every(({ left, equal, right }) => {
      const [a, b] = [left(scope), right(scope)];
      // A path that leads nowhere is an error in CEL, and an expression with an error matches nothing.
      return a !== undefined && b !== undefined && (a === b) === equal;
    });
}

/** For keys: a single path into the event, such as `event.data.jobRunId`. Throws like `compileCondition`. */
export function compilePath(expression: string): (event: unknown) => unknown {
  if (!PATH.test(expression.trim())) {
    throw new Error(`the key "${expression}" is beyond what the embedded runner understands: use one path`);
  }
  const operand = compileOperand(expression.trim());
  return (event) => operand({ event });
}

function compileOperand(text: string): (scope: Record<string, unknown>) => unknown {
  if (/^['"]/.test(text)) return () => text.slice(1, -1);
  if (!/^(?:event|async)\./.test(text)) return () => JSON.parse(text) as unknown;
  const path = text.split('.');
  return (scope) =>
    path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      scope,
    );
}
