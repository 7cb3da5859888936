// The newest state of every claim, from Claimwire's compacted topic: read from the beginning at each start, then followed.
//   java -cp 'lib/*' ClaimTable.java         (Java 17; lib/ has kafka-clients 4.x and jackson-databind)
// Environment: KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, FOLLOW=false to print the table once and end.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

public class ClaimTable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Map<String, JsonNode> claims = new TreeMap<>();

  public static void main(String[] args) throws Exception {
    new ClaimTable().run(setting("KAFKA_BROKERS", "localhost:9092"), setting("KAFKA_TOPIC_PREFIX", "") + "claims.state.v1");
  }

  private void run(String brokers, String topic) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    // no group: every process reads all of it and commits nothing
    settings.put("enable.auto.commit", "false");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition))) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) apply(record);
      }
      for (var claim : claims.entrySet()) print(claim.getKey(), claim.getValue());
      while (!setting("FOLLOW", "true").equals("false")) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) if (apply(record)) print(record.key(), claims.get(record.key()));
      }
    }
  }

  /** Returns whether it changed anything: a message that is sent again may be older than what is known. */
  private boolean apply(ConsumerRecord<String, String> record) throws Exception {
    // null removes: the claim was erased
    if (record.value() == null) return claims.remove(record.key()) != null;
    JsonNode state = JSON.readTree(record.value());
    JsonNode known = claims.get(record.key());
    if (known != null && known.get("version").asLong() >= state.get("version").asLong()) return false;
    claims.put(record.key(), state);
    return true;
  }

  private static void print(String claimKey, JsonNode state) {
    if (state == null) System.out.println(claimKey + " erased");
    else System.out.println(claimKey + " " + state.get("version").asLong() + " " + state.get("status").asText());
  }

  private static String setting(String name, String fallback) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? fallback : value;
  }
}
