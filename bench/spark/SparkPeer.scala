// The workloads of ../src/workloads on Apache Spark Streaming: one workload a run, one JSON line out.
// Usage: SparkPeer WORKLOAD INTERVAL_MS BATCHES DATA_DIR FEEDER_PORT
package peers
import java.nio.file._
import scala.collection.mutable.ArrayBuffer
import scala.reflect.ClassTag
import org.apache.spark._
import org.apache.spark.rdd.RDD
import org.apache.spark.streaming._
import org.apache.spark.streaming.dstream._
import org.apache.spark.streaming.scheduler._

/** Gives the RDD that `make` builds for every batch, numbered from 0. */
class MadeInput[T: ClassTag](ssc: StreamingContext, make: (SparkContext, Int) => RDD[T]) extends InputDStream[T](ssc) {
  @transient private var n = 0
  def start(): Unit = {}
  def stop(): Unit = {}
  def compute(t: Time): Option[RDD[T]] = { val r = make(context.sparkContext, n); n += 1; Some(r) }
}

object SparkPeer {
  def stats(xs: Seq[Double]): String = {
    val s = xs.sorted; def q(p: Double) = s(math.min(s.size - 1, (p * s.size).toInt))
    f""""n":${s.size},"p50":${q(0.5)}%.3f,"p90":${q(0.9)}%.3f,"p99":${q(0.99)}%.3f,"max":${s.last}%.3f"""
  }
  def main(a: Array[String]): Unit = {
    val Array(w, ms, nb, dir, port) = a
    val interval = ms.toInt; val batches = nb.toInt
    val conf = new SparkConf().setMaster("local[2]").setAppName(w).set("spark.ui.enabled", "false")
      .set("spark.default.parallelism", "2").set("spark.streaming.stopGracefullyOnShutdown", "false")
    val sc = new SparkContext(conf); sc.setLogLevel("ERROR")
    val ssc = new StreamingContext(sc, Milliseconds(interval))
    val processing, total = ArrayBuffer[Double](); @volatile var records = 0L; @volatile var done = 0; @volatile var first = 0.0
    ssc.addStreamingListener(new StreamingListener {
      override def onBatchCompleted(e: StreamingListenerBatchCompleted): Unit = {
        if (done == 0) first = (System.currentTimeMillis - java.lang.management.ManagementFactory.getRuntimeMXBean.getStartTime).toDouble
        done += 1; processing += e.batchInfo.processingDelay.get.toDouble; total += e.batchInfo.totalDelay.get.toDouble
        records += e.batchInfo.numRecords
      }
    })
    val lines = Files.readAllLines(Paths.get(dir, "lines.txt")); val all = lines.toArray(new Array[String](0))
    def wc(in: DStream[String]) = in.flatMap(_.split(" ")).map((_, 1)).reduceByKey(_ + _)
    val exec = ArrayBuffer[Double]()
    def drain[T](d: DStream[T]): Unit = d.foreachRDD { r => val t = System.nanoTime; r.count(); exec += (System.nanoTime - t) / 1e6; () }
    w match {
      case "tiny" =>
        val few = all.take(10).toSeq
        drain(wc(new MadeInput(ssc, (sc, _) => sc.parallelize(few, 2))))
      case "wordcount" => // memory-resident lines, 200 000 a batch
        val r = sc.parallelize(all.take(200000).toSeq, 2).cache(); r.count()
        drain(wc(new MadeInput(ssc, (_, _) => r)))
      case "wordcount-files" => drain(wc(new MadeInput(ssc, (sc, _) => sc.textFile(dir + "/lines.txt", 2))))
      case "grep-files" => drain(new MadeInput(ssc, (sc, _) => sc.textFile(dir + "/lines.txt", 2)).filter(_.contains("w1eayg6")))
      case "socket" => // 100-byte lines from a feeder
        val in = ssc.socketTextStream("127.0.0.1", port.toInt, storage.StorageLevel.MEMORY_ONLY)
        drain(in)
    }
    ssc.start()
    while (done < batches) Thread.sleep(5)
    ssc.stop(false, false)
    val skip = math.min(exec.size / 4, exec.size - 1)
    println(s"""{"peer":"spark-${sc.version}","workload":"$w","interval_ms":$interval,"first_batch_ms":${first.round},"records":$records,"total_delay_last":${total.last},"processing_ms":{${stats(processing.drop(skip).toSeq)}},"job_ms":{${stats(exec.drop(skip).toSeq)}}}""")
    System.exit(0)
  }
}
