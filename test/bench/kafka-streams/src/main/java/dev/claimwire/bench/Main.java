package dev.claimwire.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;

/** The normaliser's fold as a Kafka Streams application; with DATABASE_URL also a sink into PostgreSQL. README.md. */
public final class Main {
  static final String EVENTS_TOPIC = "streams.events.v1";
  static final String STATES_TOPIC = "streams.state.v1";
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private Main() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> env = System.getenv();
    String outputPrefix = env.getOrDefault("OUTPUT_PREFIX", "");
    Topology topology = topology(env.getOrDefault("INPUT_PREFIX", ""), outputPrefix);
    KafkaStreams streams = new KafkaStreams(topology, settings(env));
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    CountDownLatch ended = new CountDownLatch(1);
    String databaseUrl = env.get("JDBC_URL");
    Sink sink = databaseUrl == null ? null : new Sink(env.get("KAFKA_BROKERS"), outputPrefix, databaseUrl);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (sink != null) sink.close();
                  streams.close(CLOSE_WITHIN);
                  ended.countDown();
                }));
    streams.start();
    if (sink != null) sink.start();
    ended.await();
  }

  static Topology topology(String inputPrefix, String outputPrefix) {
    Topology topology = new Topology();
    var bytes = Serdes.ByteArray();
    var text = Serdes.String();
    topology.addSource(
        "raw",
        bytes.deserializer(),
        bytes.deserializer(),
        inputPrefix + FactReader.CAIR_TOPIC,
        inputPrefix + FactReader.REPORTS_TOPIC);
    topology.addProcessor("fold", () -> new FoldProcessor(inputPrefix), "raw");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(FoldProcessor.CLAIMS), text, Json.serde(Claim.State.class))
            .withCachingEnabled(),
        "fold");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(FoldProcessor.FACTS), text, Json.serde(Claim.Fact.class)),
        "fold");
    topology.addSink(
        FoldProcessor.EVENTS_SINK, outputPrefix + EVENTS_TOPIC, text.serializer(), bytes.serializer(), "fold");
    topology.addSink(
        FoldProcessor.STATES_SINK, outputPrefix + STATES_TOPIC, text.serializer(), bytes.serializer(), "fold");
    return topology;
  }

  private static Properties settings(Map<String, String> env) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, env.getOrDefault("OUTPUT_PREFIX", "") + "fold");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, env.get("KAFKA_BROKERS"));
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Path.of(env.get("STATE_DIR")).toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, env.getOrDefault("STREAM_THREADS", "2"));
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, env.getOrDefault("COMMIT_INTERVAL_MS", "100"));
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L * 1024 * 1024);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 20);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 * 1024);
    return settings;
  }
}
