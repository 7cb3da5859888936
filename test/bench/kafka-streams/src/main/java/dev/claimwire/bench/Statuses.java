package dev.claimwire.bench;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** libs/claim: the status machine and the ranks that break ties. */
final class Statuses {
  private static final List<String> PAYMENTS = List.of("paid", "partially_paid");
  private static final List<String> OUTCOMES =
      List.of(
          "approved",
          "partially_approved",
          "adjudicated",
          "denied",
          "forwarded",
          "predetermined",
          "paid",
          "partially_paid");
  private static final List<String> IN_WORK = List.of("pending", "info_requested");

  private static final Map<String, Set<String>> USUAL =
      Map.ofEntries(
          usual("submission_failed"),
          usual(
              "submitted", List.of("submission_failed", "received", "accepted", "rejected"), IN_WORK, OUTCOMES),
          usual("received", List.of("accepted", "rejected"), IN_WORK, OUTCOMES),
          usual("accepted", List.of("received", "rejected"), IN_WORK, OUTCOMES),
          usual("rejected", List.of("submission_failed")),
          usual("pending", List.of("info_requested", "rejected"), OUTCOMES),
          usual("info_requested", List.of("pending", "rejected"), OUTCOMES),
          usual("approved", List.of("partially_approved", "adjudicated", "forwarded"), PAYMENTS),
          usual("partially_approved", List.of("approved", "adjudicated", "forwarded"), PAYMENTS),
          usual(
              "adjudicated", List.of("approved", "partially_approved", "denied", "forwarded", "reversed"), PAYMENTS),
          usual(
              "denied", IN_WORK, List.of("approved", "partially_approved", "adjudicated", "reversed"), PAYMENTS),
          usual("paid", List.of("partially_paid", "adjudicated", "denied", "forwarded", "reversed")),
          usual("partially_paid", List.of("paid", "adjudicated", "denied", "forwarded", "reversed")),
          usual("reversed", List.of("adjudicated", "denied", "forwarded"), PAYMENTS),
          usual("forwarded", List.of("received", "accepted", "rejected", "reversed"), IN_WORK, OUTCOMES),
          usual(
              "predetermined", List.of("submitted", "received", "accepted", "rejected", "reversed"), IN_WORK, OUTCOMES));

  private static final Map<String, Integer> RANKS =
      Map.ofEntries(
          Map.entry("unknown", 0),
          Map.entry("submission_failed", 1),
          Map.entry("submitted", 1),
          Map.entry("received", 2),
          Map.entry("accepted", 3),
          Map.entry("rejected", 3),
          Map.entry("pending", 4),
          Map.entry("info_requested", 5),
          Map.entry("reversed", 6),
          Map.entry("approved", 7),
          Map.entry("partially_approved", 7),
          Map.entry("adjudicated", 7),
          Map.entry("denied", 7),
          Map.entry("forwarded", 7),
          Map.entry("predetermined", 7),
          Map.entry("paid", 8),
          Map.entry("partially_paid", 8));

  private Statuses() {}

  static int rank(String status) {
    return RANKS.get(status);
  }

  static boolean isOdd(String from, String to) {
    if (from.equals(to) || from.equals("unknown") || to.equals("unknown") || isResubmission(from, to)) return false;
    return !USUAL.get(from).contains(to);
  }

  static boolean isResubmission(String from, String to) {
    return to.equals("submitted") && (from.equals("rejected") || from.equals("submission_failed"));
  }

  @SafeVarargs
  private static Map.Entry<String, Set<String>> usual(String from, List<String>... to) {
    Set<String> all = new HashSet<>();
    for (List<String> some : to) all.addAll(some);
    return Map.entry(from, Set.copyOf(all));
  }
}
