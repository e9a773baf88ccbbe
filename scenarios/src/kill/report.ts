import { crashPoints } from './crash-points.ts'
import type { RoundResult } from './round.ts'

/** The rounds in one table: how often each crash point killed, with a batch in flight or not, and what was counted. */
export function reportOf(results: readonly RoundResult[]): string[] {
  const kills = results.flatMap(({ kills }) => kills)
  const row = (name: string, of: typeof kills, planned: number | undefined): string => {
    const inFlight = of.filter(({ batchInFlight }) => batchInFlight).length
    const missed = planned === undefined || planned === of.length ? '' : `   not reached ${planned - of.length}`
    return `${String(of.length).padStart(6)} ${String(inFlight).padStart(9)}  ${name}${missed}`
  }
  const points = crashPoints.map(({ name }) => {
    const planned = kills.filter(kill => kill.planned === name).length
    return row(name, kills.filter(kill => kill.point === name), planned) // prettier-ignore
  })
  const byChance = kills.filter(kill => kill.point === undefined && kill.signal === 'SIGKILL')
  const sum = (of: (result: RoundResult) => number): number => results.reduce((total, result) => total + of(result), 0)
  return [
    ' kills in flight  where',
    ...points,
    row('at a moment by chance', byChance, undefined),
    row('(stopped gracefully, and started again)', kills.filter(({ signal }) => signal === null), undefined), // prettier-ignore
    `${results.length} rounds, ${sum(({ batches }) => batches)} batches, ${kills.length + results.length} processes, ${sum(({ alone }) => alone)} of them made of the checkpoint alone`,
    `${results.filter(({ plan }) => plan.last.gracefully).length} rounds ended by a graceful stop; ${sum(({ workersDied }) => workersDied)} workers died`,
    `${sum(({ writes }) => writes)} writes of output files, ${sum(({ repeatedWrites }) => repeatedWrites)} of them again; ${sum(({ redelivered }) => redelivered)} records stored twice, since they were not acknowledged`,
  ]
}
