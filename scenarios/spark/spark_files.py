"""Real Spark reads the files that we wrote, and writes files for us to read. One Spark, one run.

Usage: spark_files.py INPUT OUTPUT
INPUT/tasks.json tells what to read; the answers go to OUTPUT/answers.json. What Spark writes goes to OUTPUT/written, and what is in it to
OUTPUT/written.json. Values are told as text: "s:text", "i:12", "d:3ff0000000000000" (the bits of a double), "b:true", "x:00ff" (bytes), "null".
"""
import json
import struct
import sys

from pyspark import SparkConf, SparkContext

SOURCE, TARGET = sys.argv[1], sys.argv[2]
IO = "org.apache.hadoop.io."
CODECS = {"deflate": IO + "compress.DefaultCodec", "gzip": IO + "compress.GzipCodec"}
# SequenceFiles with GzipCodec: without Hadoop's native library Spark reads them, but does not write them.
MODES = [("none", None), ("record", "deflate"), ("block", "deflate")]


def told(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "b:true" if value else "b:false"
    if isinstance(value, int):
        return "i:%d" % value
    if isinstance(value, float):
        return "d:7ff8000000000000" if value != value else "d:" + struct.pack(">d", value).hex()
    if isinstance(value, (bytes, bytearray)):
        return "x:" + bytes(value).hex()
    return "s:" + value


def pairs_told(pairs):
    return [[told(k), told(v)] for k, v in pairs]


def answer(sc, task):
    kind, path = task["kind"], "file://" + SOURCE + "/" + task["path"]
    if kind == "sequence":
        return pairs_told(sc.sequenceFile(path, minSplits=task["splits"]).collect())
    if kind == "sequence-parts":
        return [pairs_told(part) for part in sc.sequenceFile(path, minSplits=task["splits"]).glom().collect()]
    if kind == "text":
        return sc.textFile(path, task["splits"]).collect()
    if kind == "text-parts":
        return sc.textFile(path, task["splits"]).glom().collect()
    if kind == "text-keys":
        return pairs_told(sc.hadoopFile(path, "org.apache.hadoop.mapred.TextInputFormat", IO + "LongWritable", IO + "Text").collect())
    if kind == "records":
        return [bytes(r).hex() for r in sc.binaryRecords(path, task["length"]).collect()]
    if kind == "partial-record":
        try:
            conf = {"fixedlengthinputformat.record.length": str(task["length"])}
            name = "org.apache.hadoop.mapreduce.lib.input.FixedLengthInputFormat"
            sc.newAPIHadoopFile(path, name, IO + "LongWritable", IO + "BytesWritable", conf=conf).collect()
            return "no error"
        except Exception as error:
            return str(error)
    if kind == "whole-text":
        return sorted([k.rsplit("/", 1)[1], v] for k, v in sc.wholeTextFiles(path).collect())
    raise ValueError(kind)


# What the Writable of a class is made of by Java, and what Python is told of it.
LONG = "x" * 300
SAMPLES = {
    "Text": ["", "hello", "h\u00e9llo \u4e16\u754c", "\U0001f600", "a\tb\nc\rd\u0000e", LONG],
    "IntWritable": [0, 1, -1, 127, -128, 2**31 - 1, -(2**31)],
    "LongWritable": [0, -1, 2**31, 2**53 - 1, -(2**53 - 1), 2**53, 2**63 - 1, -(2**63)],
    "FloatWritable": [0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 2.0**-149],
    "DoubleWritable": [0.0, -0.0, 0.1, float("inf"), float("-inf"), float("nan"), 5e-324],
    "BooleanWritable": [True, False],
    "BytesWritable": [b"", bytes(range(256)), b"\x80" * 130],
    "NullWritable": [None],
}


def writable(jvm, name, value):
    types = jvm.org.apache.hadoop.io
    if name == "NullWritable":
        return types.NullWritable.get()
    if name == "BytesWritable":
        return types.BytesWritable(value)
    if name == "LongWritable":
        made = types.LongWritable()
        made.set(jvm.java.lang.Long(str(value)))
        return made
    if name == "FloatWritable":
        return types.FloatWritable(value)
    return getattr(types, name)(value)


def write_with_hadoop(sc, path, key_class, value_class, mode, pairs, sync_every=None):
    """Writes a SequenceFile with Hadoop's own writer, in Spark's JVM."""
    jvm, gateway = sc._jvm, sc._gateway
    compression, codec = mode
    sequence = jvm.org.apache.hadoop.io.SequenceFile
    conf = sc._jsc.hadoopConfiguration()
    of_class = lambda name: jvm.java.lang.Class.forName(name, True, jvm.Thread.currentThread().getContextClassLoader())
    options = [
        sequence.Writer.file(jvm.org.apache.hadoop.fs.Path("file://" + path)),
        sequence.Writer.keyClass(of_class(IO + key_class)),
        sequence.Writer.valueClass(of_class(IO + value_class)),
    ]
    kind = getattr(sequence.CompressionType, compression.upper())
    if codec is None:
        options.append(sequence.Writer.compression(kind))
    else:
        made = jvm.org.apache.hadoop.util.ReflectionUtils.newInstance(of_class(CODECS[codec]), conf)
        options.append(sequence.Writer.compression(kind, made))
    array = gateway.new_array(jvm.org.apache.hadoop.io.SequenceFile.Writer.Option, len(options))
    for i, option in enumerate(options):
        array[i] = option
    writer = sequence.createWriter(conf, array)
    for i, (key, value) in enumerate(pairs):
        if sync_every and i % sync_every == 0:
            writer.sync()
        writer.append(writable(jvm, key_class, key), writable(jvm, value_class, value))
    writer.close()


def write_all(sc):
    """Every class as key and as value, in every way of compression; then what Spark writes itself."""
    import os

    os.makedirs(TARGET + "/written/hadoop")
    content = {}
    for compression, codec in MODES:
        for name, samples in SAMPLES.items():
            for place in ("key", "value"):
                pairs = [(v, i) if place == "key" else (i, v) for i, v in enumerate(samples)]
                classes = (name, "IntWritable") if place == "key" else ("IntWritable", name)
                file = "hadoop/%s-%s-%s-%s.seq" % (compression, codec or "plain", name, place)
                write_with_hadoop(sc, TARGET + "/written/" + file, *classes, (compression, codec), pairs, sync_every=3)
                content[file] = pairs_told(pairs)
    pairs = [("word%d" % i, i) for i in range(3000)]
    # Two parts with Spark's own action: plain, and compressed in blocks.
    rdd = sc.parallelize(pairs, 2)
    rdd.saveAsSequenceFile("file://" + TARGET + "/written/spark-plain")
    rdd.saveAsSequenceFile("file://" + TARGET + "/written/spark-deflate", CODECS["deflate"])
    for directory in ("spark-plain", "spark-deflate"):
        content[directory] = pairs_told(pairs)
    sc.parallelize([("a", 1), ("b", 2)], 1)._jrdd.saveAsObjectFile("file://" + TARGET + "/written/spark-objects")
    text = sc.parallelize(["line %d \u00e9" % i for i in range(1000)], 1)
    text.saveAsTextFile("file://" + TARGET + "/written/spark-text-gzip", CODECS["gzip"])
    text.saveAsTextFile("file://" + TARGET + "/written/spark-text-deflate", CODECS["deflate"])
    return content


def main():
    conf = SparkConf().setMaster("local[2]").setAppName("files").set("spark.ui.enabled", "false")
    conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    sc = SparkContext(conf=conf)
    sc.setLogLevel("OFF")
    with open(SOURCE + "/tasks.json", encoding="utf-8") as file:
        tasks = json.load(file)
    answers = {task["name"]: answer(sc, task) for task in tasks}
    with open(TARGET + "/answers.json", "w", encoding="utf-8") as file:
        json.dump(answers, file)
    written = write_all(sc)
    with open(TARGET + "/written.json", "w", encoding="utf-8") as file:
        json.dump(written, file)
    sc.stop()


main()
