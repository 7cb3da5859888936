package dev.claimwire.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/** The shapes of libs/contracts and libs/claim. Amounts are decimal text, as on the topics. */
final class Claim {
  private Claim() {}

  record Amounts(
      String currency, String billed, String allowed, String approved, String paid, String patientResponsibility) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Reason(String system, String code, String group, String amount) {}

  record Alias(String system, String value) {}

  record Payment(String trace, String date, String method) {}

  record DateRange(String start, String end) {}

  record Line(
      String id,
      String procedure,
      String billed,
      String approved,
      String paid,
      String status,
      List<Reason> reasons,
      DateRange serviceDates) {}

  record Remittance(
      String payer,
      String trace,
      String productionDate,
      String path,
      String billed,
      String paid,
      String patientResponsibility) {}

  record Raw(String topic, int partition, String offset, String sha256) {}

  /** One webhook's statement about one claim: the input of the fold. */
  record Fact(
      String eventId,
      String claimKey,
      String tenant,
      String provider,
      String connection,
      String occurredAt,
      int stageRank,
      List<Integer> sequence,
      String status,
      String providerStatus,
      String claimedPreviousStatus,
      String event,
      String reportedBy,
      String transaction,
      String partnership,
      String environment,
      List<Reason> reasons,
      Amounts amounts,
      Remittance remittance,
      Payment payment,
      List<Line> lines,
      DateRange serviceDates,
      List<Alias> aliases,
      List<String> flags,
      Raw raw,
      String receivedAt) {}

  /** The place of an event among those of its claim. */
  record Place(long micros, int stageRank, List<Integer> sequence, String eventId) implements Comparable<Place> {
    static Place of(Fact fact) {
      return new Place(Times.micros(fact.occurredAt()), fact.stageRank(), fact.sequence(), fact.eventId());
    }

    @Override
    public int compareTo(Place other) {
      int order = Long.compare(micros, other.micros);
      if (order == 0) order = Integer.compare(stageRank, other.stageRank);
      if (order == 0) order = compare(sequence, other.sequence);
      return order == 0 ? eventId.compareTo(other.eventId) : order;
    }

    private static int compare(List<Integer> a, List<Integer> b) {
      for (int index = 0; index < Math.min(a.size(), b.size()); index++) {
        int order = Integer.compare(a.get(index), b.get(index));
        if (order != 0) return order;
      }
      return Integer.compare(a.size(), b.size());
    }
  }

  record Ledger(
      Map<String, Boolean> entries, String paid, Map<String, String> patientResponsibility, String latestPayer) {}

  /** What the fold knows after some events, and how many they were. */
  record State(
      String claimKey,
      String tenant,
      String provider,
      int version,
      Place last,
      String status,
      String lastReported,
      String previousStatus,
      String statusSince,
      List<Reason> reasons,
      int attempt,
      List<String> flags,
      Amounts amounts,
      Ledger ledger,
      Payment payment,
      List<Line> lines,
      DateRange serviceDates,
      List<Alias> aliases,
      String firstReceivedAt,
      String lastReceivedAt) {}

  record Cause(
      String provider,
      String connection,
      String event,
      String status,
      String reportedBy,
      String transaction,
      String partnership,
      String environment,
      List<Reason> reasons) {}

  /** Value of the events' topic. */
  record Event(
      String id,
      String type,
      String tenant,
      String claimKey,
      int version,
      int attempt,
      String status,
      String previousStatus,
      boolean late,
      List<String> flags,
      String occurredAt,
      String receivedAt,
      Cause cause,
      Amounts amounts,
      Payment payment,
      List<Line> lines,
      DateRange serviceDates,
      List<Alias> aliases,
      Raw raw) {}

  /** Value of the states' topic. */
  record Published(
      String claimKey,
      String tenant,
      String provider,
      String status,
      String previousStatus,
      String statusSince,
      int version,
      int attempt,
      List<String> flags,
      Amounts amounts,
      Payment payment,
      List<Reason> reasons,
      List<Alias> aliases,
      String firstReceivedAt,
      String lastReceivedAt) {}
}
