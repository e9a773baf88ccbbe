import type { DStream, RDD, Time } from 'dstream'
import { field, type OutputSpec } from '../cases.ts'
import { Unsupported, call } from '../unsupported.ts'
import { encode, type Json } from '../values.ts'

interface Entry {
  readonly time: number
  readonly value: readonly Json[]
}

/** What the outputs of one run left behind. The output functions are driver functions: they write here directly. */
export class Recording {
  readonly outputs: Record<string, Entry[]> = {}
  readonly sequence: [number, string][] = []

  /**
   * Registers an output operation on a stream.
   *
   * @param directory where `saveAsTextFiles` writes below
   */
  register(stream: DStream<unknown>, output: OutputSpec, directory: string): void {
    const label = output.label ?? output.of
    switch (output.action) {
      case 'collect':
        return this.#collect(stream, label)
      case 'mark':
        return void call(stream, 'foreachRDD', (_rdd: RDD<unknown>, time: Time) => this.#mark(time, label))
      case 'fail':
        return void call(stream, 'foreachRDD', (_rdd: RDD<unknown>, time: Time) => {
          this.#mark(time, label)
          throw new Error(`output ${label} failed`)
        })
      case 'print':
        return void call(stream, 'print', output.num)
      case 'saveAsTextFiles':
        return void call(stream, 'saveAsTextFiles', `${directory}/${field(output.prefix, 'prefix')}`, output.suffix)
      default:
        throw new Unsupported(`the runner knows no output ${output.action}`)
    }
  }

  #collect(stream: DStream<unknown>, label: string): void {
    const entries = (this.outputs[label] ??= [])
    call(stream, 'foreachRDD', async (rdd: RDD<unknown>, time: Time) => {
      const records = await rdd.collect()
      entries.push({ time: time.milliseconds, value: records.map(encode) })
    })
  }

  #mark(time: Time, label: string): void {
    this.sequence.push([time.milliseconds, label])
  }
}
