import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Milliseconds, SparkConf, StreamingContext } from 'dstream'

/**
 * The guide's first way to upgrade a program, for a new version that can do nothing with the state of the old one: both run side by side on the same input, each
 * with a checkpoint directory of its own, until the new one has caught up. Then it takes over the output, and the old one stops gracefully.
 *
 * Here the old version counts words, and the new one counts them whatever their case. The totals of each batch go into a file of its own, which says which batch it is and
 * is put in its place whole, so a batch that is run again after a restart replaces its own file.
 *
 * Who puts out a batch is decided by its time alone. The new version, once it has caught up, writes down a batch time that no program can have reached yet: batches before it
 * are the old one's, all others its own. So none is put out by both, none by neither, whichever of them is late, or dies and is started again, around that time. And
 * since each program's totals hold every record once, no record is lost or counted twice where one takes over from the other.
 */
const versions = {
  old: (word: string) => word,
  new: (word: string) => word.toLowerCase(),
}
export type Version = keyof typeof versions

const batchMs = 500

/** The batch from which on the output is the new version's; undefined as long as that is not decided. */
function takeOverMs(output: string): number | undefined {
  const file = join(output, 'take-over')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}

/** Makes a file that nobody sees half written. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text)
  await rename(`${file}.tmp`, file)
}

/** Whether this version puts out this batch. The new one decides it as soon as it works on the present. */
async function isMine(version: Version, timeMs: number, output: string): Promise<boolean> {
  const fromMs = takeOverMs(output)
  if (fromMs !== undefined) return (version === 'new') === timeMs >= fromMs
  const nowMs = Date.now()
  if (version === 'new' && nowMs - timeMs < 2 * batchMs) {
    // Two batches from now: the old version has not come to that one, and will see this file when it does.
    await put(join(output, 'take-over'), String(timeMs + 4 * batchMs))
  }
  return version === 'old'
}

export function upgradeInParallel(
  version: Version,
  input: string,
  checkpoint: string,
  output: string,
): Promise<StreamingContext> {
  const wordOf = versions[version]
  return StreamingContext.getOrCreate(checkpoint, () => {
    const conf = new SparkConf().setMaster('local[2]').setAppName(`WordTotals, ${version} version`)
    // The new version begins with the files that are there already, however old they are.
    conf.set('spark.streaming.fileStream.minRememberDuration', '30d')
    const ssc = new StreamingContext(conf, Milliseconds(batchMs))
    ssc.checkpoint(checkpoint)
    const totals = ssc
      .fileStream(input, { newFilesOnly: false })
      .flatMap(line => line.split(' '))
      .map(word => [wordOf(word), 1])
      .updateStateByKey((ones: readonly number[], total = 0) => total + ones.length)
      .uid('totals')
    totals.foreachRDD(async (rdd, { milliseconds: timeMs }) => {
      if (await isMine(version, timeMs, output)) {
        const counts = (await rdd.collect()).sort(([a], [b]) => (a < b ? -1 : 1))
        await put(join(output, `totals-${timeMs}`), `${version} ${JSON.stringify(counts)}\n`)
      } else if (version === 'old') {
        // Everything before is put out. The operation has to end before the stop can.
        void ssc.stop({ stopSparkContext: true, stopGracefully: true })
      }
    })
    return ssc
  })
}

// Run by itself: upgrade-in-parallel.ts old|new INPUT-DIRECTORY CHECKPOINT-DIRECTORY OUTPUT-DIRECTORY
if (process.argv[1] === import.meta.filename) {
  const [version, input, checkpoint, output] = process.argv.slice(2)
  if (
    (version !== 'old' && version !== 'new') ||
    input === undefined ||
    checkpoint === undefined ||
    output === undefined
  ) {
    console.error('Usage: upgrade-in-parallel old|new INPUT-DIRECTORY CHECKPOINT-DIRECTORY OUTPUT-DIRECTORY')
    process.exit(2)
  }
  const ssc = await upgradeInParallel(version, input, checkpoint, output)
  ssc.start()
  console.log(`The ${version} version runs`)
  await ssc.awaitTermination()
  console.log(`The ${version} version has stopped`)
}
