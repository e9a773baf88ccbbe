import { InputDStream, type RDD, type SparkContext, type StreamingContext, type Time } from 'dstream'

/** Gives the RDD that `make` builds for every batch, numbered from 0. */
export class MadeInput<T> extends InputDStream<T> {
  readonly #make: (sc: SparkContext, batch: number) => RDD<T>
  #batch = 0

  constructor(ssc: StreamingContext, make: (sc: SparkContext, batch: number) => RDD<T>) {
    super(ssc)
    this.#make = make
  }

  override compute(_time: Time): RDD<T> {
    return this.#make(this.context.sparkContext, this.#batch++)
  }
}
