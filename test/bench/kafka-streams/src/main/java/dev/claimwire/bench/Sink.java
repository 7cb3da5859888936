package dev.claimwire.bench;

import com.fasterxml.jackson.databind.ObjectReader;
import dev.claimwire.bench.Claim.Event;
import dev.claimwire.bench.Claim.Published;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Writes what Kafka Streams put out into PostgreSQL, batch by batch: events once (a repeated batch changes nothing), and of
 * each claim the state of the greatest version. The offsets are committed after the transaction.
 */
final class Sink extends Thread {
  /** Rows per statement: the driver makes powers of two of them into one `values` list. */
  private static final int MAX_POLL_RECORDS = 2_000;

  private static final String INSERT_EVENT =
      "insert into streams_events (event_id, claim_key, tenant_id, version, occurred_at, received_at, late, message)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing";
  private static final String UPSERT_CLAIM =
      "insert into streams_claims as claim (claim_key, tenant_id, provider, status, version, state)"
          + " values (?, ?, ?, ?, ?, ?::jsonb) on conflict (claim_key) do update set status = excluded.status,"
          + " version = excluded.version, state = excluded.state, updated_at = now()"
          + " where excluded.version > claim.version";

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String eventsTopic;
  private final String databaseUrl;
  private final ObjectReader events = Json.MAPPER.readerFor(Event.class);
  private final ObjectReader states = Json.MAPPER.readerFor(Published.class);
  private long written = 0;

  Sink(String brokers, String prefix, String databaseUrl) {
    super("sink");
    this.databaseUrl = databaseUrl;
    this.eventsTopic = prefix + Main.EVENTS_TOPIC;
    Properties settings = new Properties();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, prefix + "sink");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(eventsTopic, prefix + Main.STATES_TOPIC));
  }

  void close() {
    consumer.wakeup();
  }

  @Override
  public void run() {
    try (consumer;
        Connection database = DriverManager.getConnection(databaseUrl)) {
      database.setAutoCommit(false);
      while (true) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
        if (records.isEmpty()) continue;
        write(database, records);
        consumer.commitSync();
        // the benchmark's clock reads this
        System.out.println("written " + written);
      }
    } catch (WakeupException closed) {
      return;
    } catch (Exception error) {
      error.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private void write(Connection database, ConsumerRecords<byte[], byte[]> records) throws SQLException, IOException {
    Map<String, Published> newest = new LinkedHashMap<>();
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    try (PreparedStatement insert = database.prepareStatement(INSERT_EVENT);
        PreparedStatement upsert = database.prepareStatement(UPSERT_CLAIM)) {
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (record.topic().equals(eventsTopic)) {
          addEvent(insert, record.value());
          continue;
        }
        Published state = states.readValue(record.value());
        newest.put(state.claimKey(), state);
        bodies.put(state.claimKey(), record.value());
      }
      insert.executeBatch();
      // in one order everywhere, so that two sinks could never wait for each other
      for (String claimKey : bodies.keySet().stream().sorted().toList()) {
        addClaim(upsert, newest.get(claimKey), bodies.get(claimKey));
      }
      upsert.executeBatch();
    }
    database.commit();
  }

  private void addEvent(PreparedStatement insert, byte[] value) throws SQLException, IOException {
    Event event = events.readValue(value);
    insert.setString(1, event.id());
    insert.setString(2, event.claimKey());
    insert.setString(3, event.tenant());
    insert.setInt(4, event.version());
    insert.setTimestamp(5, Timestamp.from(Instant.parse(event.occurredAt())));
    insert.setTimestamp(6, Timestamp.from(Instant.parse(event.receivedAt())));
    insert.setBoolean(7, event.late());
    insert.setString(8, new String(value, StandardCharsets.UTF_8));
    insert.addBatch();
    written += 1;
  }

  private static void addClaim(PreparedStatement upsert, Published state, byte[] body) throws SQLException {
    upsert.setString(1, state.claimKey());
    upsert.setString(2, state.tenant());
    upsert.setString(3, state.provider());
    upsert.setString(4, state.status());
    upsert.setInt(5, state.version());
    upsert.setString(6, new String(body, StandardCharsets.UTF_8));
    upsert.addBatch();
  }
}
