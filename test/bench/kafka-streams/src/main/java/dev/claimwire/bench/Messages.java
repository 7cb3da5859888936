package dev.claimwire.bench;

import dev.claimwire.bench.Claim.Cause;
import dev.claimwire.bench.Claim.Event;
import dev.claimwire.bench.Claim.Fact;
import dev.claimwire.bench.Claim.Published;
import dev.claimwire.bench.Claim.State;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import java.nio.charset.StandardCharsets;

/** What goes out: the same messages with the same headers as the normaliser's. */
final class Messages {
  private Messages() {}

  static Event event(State before, State after, Fact fact, boolean late) {
    return new Event(
        fact.eventId(),
        type(before, after, late),
        fact.tenant(),
        fact.claimKey(),
        after.version(),
        after.attempt(),
        after.status(),
        after.previousStatus(),
        late,
        after.flags(),
        fact.occurredAt(),
        fact.receivedAt(),
        new Cause(
            fact.provider(),
            fact.connection(),
            fact.event(),
            fact.status(),
            fact.reportedBy(),
            fact.transaction(),
            fact.partnership(),
            fact.environment(),
            fact.reasons()),
        after.amounts(),
        after.payment(),
        after.lines(),
        after.serviceDates(),
        after.aliases(),
        fact.raw());
  }

  static Published state(State state) {
    return new Published(
        state.claimKey(),
        state.tenant(),
        state.provider(),
        state.status(),
        state.previousStatus(),
        state.statusSince(),
        state.version(),
        state.attempt(),
        state.flags(),
        state.amounts(),
        state.payment(),
        state.reasons(),
        state.aliases(),
        state.firstReceivedAt(),
        state.lastReceivedAt());
  }

  static Headers headers(Fact fact, String id, String type) {
    Headers headers = new RecordHeaders();
    add(headers, "ce_specversion", "1.0");
    add(headers, "ce_id", id);
    add(headers, "ce_source", "/bench/kafka-streams");
    add(headers, "ce_type", type);
    add(headers, "ce_time", fact.receivedAt());
    add(headers, "content-type", "application/json");
    add(headers, "claimwire-tenant", fact.tenant());
    add(headers, "claimwire-connection", fact.connection());
    return headers;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String type(State before, State after, boolean late) {
    if (before == null || !before.status().equals(after.status())) return "claim.status_changed";
    boolean unchanged =
        before.statusSince().equals(after.statusSince())
            && before.reasons().equals(after.reasons())
            && before.amounts().equals(after.amounts());
    return late && unchanged ? "claim.history_amended" : "claim.updated";
  }
}
