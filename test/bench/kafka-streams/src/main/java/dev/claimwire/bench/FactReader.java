package dev.claimwire.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.claimwire.bench.Claim.Alias;
import dev.claimwire.bench.Claim.Amounts;
import dev.claimwire.bench.Claim.Fact;
import dev.claimwire.bench.Claim.Raw;
import dev.claimwire.bench.Claim.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The raw messages of the benchmark's set, read as the provider modules read them. One per thread. */
final class FactReader {
  static final String CAIR_TOPIC = "claims.raw.cair.v1";
  static final String REPORTS_TOPIC = "claims.raw.stedi-reports.v1";

  private static final Map<String, String> CAIR_STATUSES =
      Map.of("Submitted", "submitted", "Rejected", "rejected", "Failed_To_Submit", "submission_failed");
  private static final Map<String, String> REPORTED_BY =
      Map.of("submitted", "provider", "submission_failed", "provider", "rejected", "clearinghouse");
  private static final Pattern HTTP_STATUS = Pattern.compile("\\bHTTP (\\d{3})\\b");
  private static final String CURRENCY = "USD";

  private final ObjectMapper json;
  private final Ids ids = new Ids();
  private final RemittanceReader remittances = new RemittanceReader();

  FactReader(ObjectMapper json) {
    this.json = json;
  }

  /** What the headers and the place on the topic say; `topic` without prefix. */
  record Arrival(String id, String tenant, String connection, String receivedAt, Raw raw) {}

  /** Null for what cannot be read: the hub quarantines it, the benchmark's set has none. */
  Fact read(String topic, int partition, long offset, Headers headers, byte[] body) {
    String id = text(headers, "ce_id");
    String tenant = text(headers, "claimwire-tenant");
    String connection = text(headers, "claimwire-connection");
    String receivedAt = text(headers, "ce_time");
    if (id == null || tenant == null || connection == null || receivedAt == null) return null;
    Raw raw = new Raw(topic, partition, Long.toString(offset), ids.sha256(body));
    Arrival arrival = new Arrival(id, tenant, connection, receivedAt, raw);
    try {
      JsonNode parsed = json.readTree(body);
      Fact fact = topic.equals(CAIR_TOPIC) ? readCair(parsed, arrival) : remittances.read(parsed, arrival, ids);
      return fact == null || Times.isTooFarInFuture(fact.occurredAt(), receivedAt) ? null : fact;
    } catch (IOException noJson) {
      return null;
    }
  }

  static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isValueNode() && !value.isNull() ? value.asText() : null;
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private Fact readCair(JsonNode body, Arrival arrival) {
    String claimId = text(body, "claimFhirId");
    String occurredAt = Times.read(text(body, "timestamp"));
    if (claimId == null || occurredAt == null) return null;
    String word = text(body, "newStatus");
    String previous = text(body, "previousStatus");
    String status = status(word);
    String alias = text(body, "claimLifecycleId");
    return new Fact(
        ids.claimEvent(arrival.tenant(), arrival.id()),
        Ids.claimKey(arrival.tenant(), "cair", claimId),
        arrival.tenant(),
        "cair",
        arrival.connection(),
        occurredAt,
        Statuses.rank(status),
        List.of(),
        status,
        word,
        previous == null ? null : status(previous),
        "CLAIM_STATUS_CHANGE",
        REPORTED_BY.get(status),
        null,
        null,
        "production",
        cairReasons(body),
        new Amounts(CURRENCY, null, null, null, null, null),
        null,
        null,
        List.of(),
        null,
        alias == null ? List.of() : List.of(new Alias("cair.claimLifecycleId", alias)),
        List.of(),
        arrival.raw(),
        arrival.receivedAt());
  }

  private static String status(String word) {
    return word == null ? "unknown" : CAIR_STATUSES.getOrDefault(word, "unknown");
  }

  /** Codes only: the provider's own words stay out. */
  private static List<Reason> cairReasons(JsonNode body) {
    List<Reason> reasons = new ArrayList<>();
    String code = text(body, "statusCode277");
    if (code != null) reasons.add(new Reason("x12.277", code, null, null));
    for (JsonNode error : body.path("submissionFailureErrors")) {
      Matcher http = HTTP_STATUS.matcher(error.asText());
      reasons.add(
          new Reason("cair.submission_error", http.find() ? "http_" + http.group(1) : "unspecified", null, null));
    }
    return reasons;
  }
}
