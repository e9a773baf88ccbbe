import { Receiver, Seconds, SparkConf, StorageLevel, StreamingContext } from 'dstream'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/**
 * Lines of text from a TCP server: what `socketTextStream` does, by hand. It runs on a thread of its own. Whatever happens to the connection,
 * `restart` stops the receiver, waits for `spark.streaming.receiverRestartDelay` and starts it again.
 */
export class CustomReceiver extends Receiver<string> {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined

  constructor(host: string, port: number) {
    super(StorageLevel.MEMORY_AND_DISK_2)
    this.#host = host
    this.#port = port
  }

  /** Starts what receives, and returns. */
  override onStart(): void {
    void this.#receive()
  }

  override onStop(): void {
    this.#socket?.destroy()
  }

  async #receive(): Promise<void> {
    try {
      this.#socket = connect(this.#port, this.#host)
      // Without the pause of `await`, records would pile up in the receiver when batches are slower than the source.
      for await (const line of createInterface({ input: this.#socket })) await this.store(line)
      if (!this.isStopped()) this.restart('Trying to connect again')
    } catch (error) {
      if (!this.isStopped()) this.restart(`Error connecting to ${this.#host}:${this.#port}`, error)
    }
  }
}

/** Spark's CustomReceiver: counts the words that a receiver of our own brings in. */
export function customReceiver(host: string, port: number): StreamingContext {
  const conf = new SparkConf().setMaster('local[2]').setAppName('CustomReceiver')
  const ssc = new StreamingContext(conf, Seconds(1))

  const lines = ssc.receiverStream(new CustomReceiver(host, port))
  const words = lines.flatMap(line => line.split(' '))
  const wordCounts = words.map(word => [word, 1]).reduceByKey((a, b) => a + b)
  wordCounts.print()

  return ssc
}

// Run by itself: custom-receiver.ts [HOST PORT]
if (process.argv[1] === import.meta.filename) {
  const [host = 'localhost', port = '9999'] = process.argv.slice(2)
  const ssc = customReceiver(host, Number(port))
  ssc.start()
  await ssc.awaitTermination()
}
