/** The few characters beyond ASCII that the panel uses, and what stands for them where the locale has no UTF-8. */

export interface Glyphs {
  /** False: everything that is drawn is ASCII. */
  readonly unicode: boolean;
  readonly dot: string;
  readonly rule: string;
  readonly gap: string;
}

const UNICODE: Glyphs = { unicode: true, dot: '●', rule: '─', gap: ' · ' };
export const ASCII: Glyphs = { unicode: false, dot: '*', rule: '-', gap: ', ' };

/** As setlocale(3) finds the locale's character set: LC_ALL before LC_CTYPE before LANG, the first that is not empty. */
export function glyphsFor(env: NodeJS.ProcessEnv): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
