import { type DStream, Seconds, SparkConf, StreamingContext } from 'dstream'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PageView, parsePageView } from './page-view.ts'

/** The share of views that failed, `**` around it where it is above one in twenty. */
function errorRate(zipCode: number, statuses: readonly number[]): string {
  const rate = statuses.filter(status => status !== 200).length / statuses.length
  return rate > 0.05 ? `${zipCode}: **${rate}**` : `${zipCode}: ${rate}`
}

const metrics = {
  /** How often each page was seen in the batch. */
  pageCounts: (views: DStream<PageView>) =>
    views
      .map(view => view.url)
      .countByValue()
      .print(),

  /** How often each page was seen in the last 10 seconds, every 2 seconds. */
  slidingPageCounts: (views: DStream<PageView>) =>
    views
      .map(view => view.url)
      .countByValueAndWindow(Seconds(10), Seconds(2))
      .print(),

  /** How much of the last 30 seconds failed, by the zip code of the user. */
  errorRatePerZipCode: (views: DStream<PageView>) =>
    views
      .window(Seconds(30), Seconds(2))
      .map(view => [view.zipCode, view.status])
      .groupByKey()
      .map(([zipCode, statuses]) => errorRate(zipCode, statuses))
      .print(),

  /** How many users were there in the last 15 seconds. */
  activeUserCount: (views: DStream<PageView>) =>
    views
      .window(Seconds(15), Seconds(2))
      .map(view => [view.userID, 1])
      .groupByKey()
      .count()
      .map(count => `Unique active users: ${count}`)
      .print(),

  /** Which of some known users were there: a join with a dataset in the driver. */
  popularUsersSeen: (views: DStream<PageView>, ssc: StreamingContext) => {
    const userList = ssc.sparkContext.parallelize([
      [1, 'Ada'],
      [2, 'Grace'],
      [3, 'Edsger'],
    ])
    views
      .map(view => [view.userID, 1])
      .foreachRDD(async (rdd, time) => {
        const seen = await rdd.join(userList).take(10)
        for (const [, [, user]] of seen) console.log(`Saw user ${user} at time ${time}`)
      })
  },
}

export type Metric = keyof typeof metrics

export const isMetric = (name: string): name is Metric => Object.hasOwn(metrics, name)

/** Spark's clickstream.PageViewStream: one of five metrics of the page views that a PageViewGenerator sends. */
export function pageViewStream(metric: Metric, host: string, port: number, checkpointDirectory: string) {
  const conf = new SparkConf().setMaster('local[2]').setAppName('PageViewStream')
  const ssc = new StreamingContext(conf, Seconds(1))
  ssc.checkpoint(checkpointDirectory)

  const pageViews = ssc.socketTextStream(host, port).map(parsePageView)
  metrics[metric](pageViews, ssc)

  return ssc
}

// Run by itself: page-view-stream.ts METRIC HOST PORT
if (process.argv[1] === import.meta.filename) {
  const [metric = '', host = 'localhost', port = '44444'] = process.argv.slice(2)
  if (!isMetric(metric)) {
    console.error(`usage: page-view-stream.ts METRIC HOST PORT, where METRIC is ${Object.keys(metrics).join(', ')}`)
    process.exit(2)
  }
  const ssc = pageViewStream(metric, host, Number(port), mkdtempSync(join(tmpdir(), 'page-view-stream-')))
  ssc.start()
  await ssc.awaitTermination()
}
