import { DStreamError } from '../errors/dstream-error.ts'

/** Where to run, as data: `scheme` chooses the engine. */
export type Master =
  /** In this process. `threads` is a number, or `*` for as many as there are cores; `maxFailures` is the attempts of a task. */
  | { readonly scheme: 'local'; readonly url: string; readonly threads: number | '*'; readonly maxFailures: number }
  | {
      readonly scheme: 'local-cluster'
      readonly url: string
      readonly workers: number
      readonly coresPerWorker: number
      readonly memoryPerWorkerMb: number
    }
  | { readonly scheme: 'spark' | 'yarn' | 'k8s'; readonly url: string }

/**
 * Reads a master URL: `local`, `local[N]`, `local[*]`, `local[N,F]`, `local-cluster[n,cores,MB]`, `spark://host:port`, `yarn`, `k8s://https://host:port`.
 *
 * @throws DStreamError `UNKNOWN_MASTER`, saying what to use
 * @example
 * parseMaster('local[2]') // => { scheme: 'local', url: 'local[2]', threads: 2, maxFailures: 1 }
 */
export function parseMaster(url: string): Master {
  if (url === 'local') return { scheme: 'local', url, threads: 1, maxFailures: 1 }
  const local = /^local\[\s*(\d+|\*)\s*(?:,\s*(\d+)\s*)?\]$/.exec(url)
  if (local !== null) return localMaster(url, local[1]!, local[2] ?? '1')
  const cluster = /^local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]$/.exec(url)
  if (cluster !== null) {
    return {
      scheme: 'local-cluster',
      url,
      workers: Number(cluster[1]),
      coresPerWorker: Number(cluster[2]),
      memoryPerWorkerMb: Number(cluster[3]),
    }
  }
  if (/^spark:\/\/[^/]+:\d+(,[^/,]+:\d+)*$/.test(url)) return { scheme: 'spark', url }
  if (url === 'yarn') return { scheme: 'yarn', url }
  if (/^k8s:\/\/.+/.test(url)) return { scheme: 'k8s', url }
  throw unknown(url)
}

function localMaster(url: string, threads: string, maxFailures: string): Master {
  if (threads === '0')
    throw new DStreamError('UNKNOWN_MASTER', `Asked to run locally with 0 threads: '${url}'`, {
      hint: 'Use local[1] or more, or local[*] for one on each core.',
    })
  if (maxFailures === '0')
    throw new DStreamError('UNKNOWN_MASTER', `A task has no attempt at all with '${url}'`, {
      hint: 'The second number is how often a task is tried: 1 or more.',
    })
  return { scheme: 'local', url, threads: threads === '*' ? '*' : Number(threads), maxFailures: Number(maxFailures) }
}

function unknown(url: string): DStreamError {
  return new DStreamError('UNKNOWN_MASTER', `Could not parse Master URL: '${url}'`, { hint: hintFor(url) })
}

function hintFor(url: string): string {
  if (url.startsWith('mesos:'))
    return 'Mesos is retired and Spark has dropped it; use spark://HOST:PORT, yarn or k8s://… with @dstream/spark, or local[*].'
  if (/^spark:\/\//.test(url)) return 'Write spark://HOST:PORT, for several masters spark://HOST1:PORT1,HOST2:PORT2.'
  if (/^yarn-(client|cluster)$/.test(url))
    return 'Write yarn, and choose the deploy mode by itself: --deploy-mode client or cluster.'
  if (/^local/i.test(url))
    return 'Write local, local[4], local[*] or, for 4 threads and 3 attempts of a task, local[4,3].'
  return 'In this process: local, local[4] or local[*]. On a cluster: spark://HOST:PORT, yarn or k8s://https://HOST:PORT.'
}

/**
 * The error for a master whose engine is not there.
 *
 * @example
 * throw noEngineFor(parseMaster('spark://host:7077')) // code UNKNOWN_MASTER, says to install @dstream/spark
 */
export function noEngineFor(master: Master): DStreamError<'UNKNOWN_MASTER'> {
  const hint =
    master.scheme === 'local'
      ? "Import from 'dstream', which brings the embedded engine, or from '@dstream/local'."
      : "Install @dstream/spark beside 'dstream', or use local[*]."
  return new DStreamError('UNKNOWN_MASTER', `No engine is there for the master '${master.url}'`, { hint })
}
