import type { BatchInfo } from './batch-info.ts'
import type { StreamingListener } from './streaming-listener.ts'

/**
 * Says after every batch how the delays of the last batches are spread: count, mean and the deciles, under `Total delay: ` and
 * `Processing time: `.
 *
 * @see Spark's `StatsReportListener`
 * @example
 * ssc.addStreamingListener(new StatsReportListener(100, text => console.error(text)))
 */
export class StatsReportListener implements StreamingListener {
  readonly #numBatchInfos: number
  readonly #print: (text: string) => void
  readonly #infos: BatchInfo[] = []

  /**
   * @param numBatchInfos how many of the last batches are looked at
   * @param print gets one text per batch; by default it goes to stderr, since stdout belongs to the batches
   */
  constructor(numBatchInfos = 10, print: (text: string) => void = text => void process.stderr.write(text)) {
    this.#numBatchInfos = numBatchInfos
    this.#print = print
  }

  onBatchCompleted(event: { readonly batchInfo: BatchInfo }): void {
    this.#infos.push(event.batchInfo)
    if (this.#infos.length > this.#numBatchInfos) this.#infos.shift()
    this.#print(
      distribution(
        'Total delay: ',
        this.#infos.map(info => info.totalDelay),
      ) +
        distribution(
          'Processing time: ',
          this.#infos.map(info => info.processingDelay),
        ),
    )
  }
}

const percents = [0, 5, 10, 25, 50, 75, 90, 95, 100]

function distribution(heading: string, delaysMs: readonly (number | undefined)[]): string {
  const sorted = delaysMs.filter(ms => ms !== undefined).sort((a, b) => a - b)
  if (sorted.length === 0) return ''
  const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length
  const variance = sorted.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / sorted.length
  const at = (percent: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))]!
  const row = (cells: readonly string[]): string => `\t${cells.join('\t')}\n`
  return (
    `${heading}(count: ${sorted.length}, mean: ${mean.toFixed(6)}, stdev: ${Math.sqrt(variance).toFixed(6)}, max: ${at(100).toFixed(6)}, min: ${at(0).toFixed(6)})\n` +
    row(percents.map(percent => `${percent}%`)) +
    row(percents.map(percent => `${at(percent)} ms`))
  )
}
