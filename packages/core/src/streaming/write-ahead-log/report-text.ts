import type { LogReport } from './read-log.ts'

/** What is wrong with a log, for people: bytes that are no record, and records that are lost. */
export function reportTexts(
  directory: string,
  { damages, missing, leftOut }: LogReport,
): { readonly damaged: readonly string[]; readonly missing: readonly string[] } {
  const behind = leftOut > 0 ? `, ${leftOut} behind them are left out` : ''
  return {
    damaged: damages.map(
      ({ file, offset, bytes, reason }) =>
        `${directory}/${file}: ${bytes} bytes from byte ${offset} on are no record: ${reason}`,
    ),
    missing: missing.map(({ from, to }) => `${directory}: records ${from} to ${to} are missing${behind}`),
  }
}
