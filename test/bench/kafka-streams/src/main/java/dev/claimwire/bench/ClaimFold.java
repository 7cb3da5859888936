package dev.claimwire.bench;

import dev.claimwire.bench.Claim.Alias;
import dev.claimwire.bench.Claim.Amounts;
import dev.claimwire.bench.Claim.Fact;
import dev.claimwire.bench.Claim.Ledger;
import dev.claimwire.bench.Claim.Place;
import dev.claimwire.bench.Claim.Reason;
import dev.claimwire.bench.Claim.Remittance;
import dev.claimwire.bench.Claim.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** libs/claim's fold: one more event, the last in order. */
final class ClaimFold {
  private ClaimFold() {}

  private record Run(
      String status, String lastReported, String previous, String since, List<Reason> reasons, int attempt) {}

  static State fold(List<Fact> facts) {
    State state = null;
    for (Fact fact : facts.stream().sorted((a, b) -> Place.of(a).compareTo(Place.of(b))).toList()) {
      state = apply(state, fact);
    }
    return state;
  }

  static State apply(State before, Fact fact) {
    Ledger known = before == null ? null : before.ledger();
    Ledger entered = fact.remittance() == null ? null : enter(known, fact.remittance());
    Ledger ledger = entered == null ? known : entered;
    boolean duplicate = fact.remittance() != null && entered == null;
    Run run = run(before, fact);
    return new State(
        fact.claimKey(),
        fact.tenant(),
        fact.provider(),
        before == null ? 1 : before.version() + 1,
        Place.of(fact),
        run.status(),
        run.lastReported(),
        run.previous(),
        run.since(),
        run.reasons(),
        run.attempt(),
        flags(before, fact, duplicate),
        amounts(before, fact, ledger),
        ledger,
        fact.payment() != null || before == null ? fact.payment() : before.payment(),
        !fact.lines().isEmpty() || before == null ? fact.lines() : before.lines(),
        fact.serviceDates() != null || before == null ? fact.serviceDates() : before.serviceDates(),
        aliases(before, fact),
        before == null || fact.receivedAt().compareTo(before.firstReceivedAt()) < 0
            ? fact.receivedAt()
            : before.firstReceivedAt(),
        before == null || fact.receivedAt().compareTo(before.lastReceivedAt()) > 0
            ? fact.receivedAt()
            : before.lastReceivedAt());
  }

  private static Run run(State before, Fact fact) {
    String status = fact.status();
    if (before == null) return new Run(status, status, null, fact.occurredAt(), fact.reasons(), 1);
    boolean ignored = status.equals("unknown") && !before.status().equals("unknown");
    if (ignored || status.equals(before.status())) {
      List<Reason> reasons = ignored || fact.reasons().isEmpty() ? before.reasons() : fact.reasons();
      return new Run(
          before.status(), status, before.previousStatus(), before.statusSince(), reasons, before.attempt());
    }
    int attempt = before.attempt() + (Statuses.isResubmission(before.status(), status) ? 1 : 0);
    return new Run(status, status, before.status(), fact.occurredAt(), fact.reasons(), attempt);
  }

  private static List<String> flags(State before, Fact fact, boolean duplicate) {
    TreeSet<String> flags = new TreeSet<>(fact.flags());
    if (before != null) flags.addAll(before.flags());
    if (fact.status().equals("unknown")) flags.add("unknown_status");
    if (before != null && Statuses.isOdd(before.status(), fact.status())) flags.add("odd_transition");
    if (!standsWhereClaimed(before, fact)) flags.add("gap");
    if (duplicate) flags.add("duplicate_remittance");
    return List.copyOf(flags);
  }

  private static boolean standsWhereClaimed(State before, Fact fact) {
    String claimed = fact.claimedPreviousStatus();
    if (claimed == null) return true;
    if (before == null) return false;
    boolean repeats = fact.status().equals(before.status()) && claimed.equals(before.previousStatus());
    return claimed.equals(before.status()) || claimed.equals(before.lastReported()) || repeats;
  }

  private static Amounts amounts(State before, Fact fact, Ledger ledger) {
    Amounts said = fact.amounts();
    Amounts was = before == null ? said : before.amounts();
    return new Amounts(
        latest(said.currency(), was.currency()),
        latest(said.billed(), was.billed()),
        latest(said.allowed(), was.allowed()),
        latest(said.approved(), was.approved()),
        ledger == null ? latest(said.paid(), was.paid()) : ledger.paid(),
        ledger == null
            ? latest(said.patientResponsibility(), was.patientResponsibility())
            : ledger.patientResponsibility().get(ledger.latestPayer()));
  }

  private static String latest(String said, String was) {
    return said == null ? was : said;
  }

  /** Null where an equal entry counts already. */
  private static Ledger enter(Ledger ledger, Remittance entry) {
    String identity =
        String.join(
            "\u0001",
            entry.payer(),
            entry.trace(),
            entry.productionDate(),
            entry.path(),
            entry.billed(),
            entry.paid(),
            entry.patientResponsibility());
    if (ledger != null && ledger.entries().containsKey(identity)) return null;
    Map<String, Boolean> entries = ledger == null ? new HashMap<>() : new HashMap<>(ledger.entries());
    entries.put(identity, true);
    Map<String, String> owed =
        ledger == null ? new LinkedHashMap<>() : new LinkedHashMap<>(ledger.patientResponsibility());
    owed.merge(entry.payer(), entry.patientResponsibility(), Money::add);
    String paid = Money.add(ledger == null ? "0" : ledger.paid(), entry.paid());
    return new Ledger(entries, paid, owed, entry.payer());
  }

  private static List<Alias> aliases(State before, Fact fact) {
    if (before == null) return fact.aliases();
    List<Alias> union = new ArrayList<>(before.aliases());
    for (Alias alias : fact.aliases()) if (!union.contains(alias)) union.add(alias);
    return union;
  }
}
