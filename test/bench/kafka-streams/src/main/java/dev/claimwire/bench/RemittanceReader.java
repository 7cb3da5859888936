package dev.claimwire.bench;

import static dev.claimwire.bench.FactReader.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.claimwire.bench.Claim.Alias;
import dev.claimwire.bench.Claim.Amounts;
import dev.claimwire.bench.Claim.DateRange;
import dev.claimwire.bench.Claim.Fact;
import dev.claimwire.bench.Claim.Line;
import dev.claimwire.bench.Claim.Payment;
import dev.claimwire.bench.Claim.Reason;
import dev.claimwire.bench.Claim.Remittance;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One claim's part of an 835, as libs/providers/stedi reads it. */
final class RemittanceReader {
  private static final Set<String> PROCESSED = Set.of("1", "2", "3", "19", "20", "21");
  private static final Map<String, String> OTHERS =
      Map.of("4", "denied", "22", "reversed", "23", "forwarded", "25", "predetermined");

  private record Adjustment(String group, String code, String amount) {
    boolean isSettled() {
      return group.equals("CO") || group.equals("OA") && code.equals("23");
    }
  }

  private record ReadLine(Line line, List<Adjustment> adjustments) {}

  Fact read(JsonNode body, FactReader.Arrival arrival, Ids ids) {
    JsonNode claim = body.path("claim");
    JsonNode report = body.path("report");
    JsonNode info = claim.path("claimPaymentInfo");
    String occurredAt = Times.read(text(body, "processedAt"));
    String number = text(body, "patientControlNumber");
    String charge = Money.read(text(info, "totalClaimChargeAmount"));
    String paid = Money.read(text(info, "claimPaymentAmount"));
    if (!"835".equals(text(body, "kind")) || occurredAt == null || number == null || charge == null || paid == null) {
      return null;
    }
    List<Integer> path = new ArrayList<>();
    for (JsonNode index : body.path("path")) path.add(index.asInt());
    List<ReadLine> lines = new ArrayList<>();
    for (JsonNode line : claim.path("serviceLines")) lines.add(readLine(line));
    List<Adjustment> adjustments = readAdjustments(claim.path("claimAdjustments"));
    for (ReadLine line : lines) adjustments.addAll(line.adjustments());
    String stated = Money.read(text(info, "patientResponsibilityAmount"));
    String owed = stated == null ? sum(adjustments, "PR") : stated;
    String code = text(info, "claimStatusCode");
    String status = status(code, charge, paid, owed, adjustments);
    boolean reversal = status.equals("reversed");
    boolean estimate = status.equals("predetermined");
    if (reversal) {
      charge = takeBack(charge);
      paid = takeBack(paid);
      owed = takeBack(owed);
    }
    String mode = text(body, "mode");
    String provider = "production".equals(mode) ? "stedi" : "stedi-test";
    String pathText = String.join(".", path.stream().map(String::valueOf).toList());
    String rawId = ids.rawEvent(arrival.tenant(), "stedi", text(body, "transactionId") + ':' + pathText);
    String allowed = Money.read(text(claim.path("claimSupplementalInformation"), "coverageAmount"));
    String payerNumber = text(info, "payerClaimControlNumber");
    return new Fact(
        ids.claimEvent(arrival.tenant(), rawId),
        Ids.claimKey(arrival.tenant(), provider, number.toUpperCase(Locale.ROOT)),
        arrival.tenant(),
        provider,
        arrival.connection(),
        occurredAt,
        Statuses.rank(status),
        path,
        status,
        code,
        null,
        "transaction.processed",
        "payer",
        "835",
        text(body, "partnership"),
        mode == null ? "unknown" : mode,
        reasons(adjustments),
        reversal
            ? new Amounts("USD", null, null, null, null, null)
            : new Amounts("USD", charge, estimate ? null : allowed, null, estimate ? null : paid, estimate ? null : owed),
        estimate ? null : remittance(report, occurredAt, pathText, charge, paid, owed),
        payment(report),
        lines.stream().map(ReadLine::line).toList(),
        span(lines),
        payerNumber == null ? List.of() : List.of(new Alias("stedi.payerClaimControlNumber", payerNumber)),
        Money.sign(paid) < 0 && !reversal ? List.of("negative_payment") : List.of(),
        arrival.raw(),
        arrival.receivedAt());
  }

  private static String takeBack(String amount) {
    return Money.sign(amount) > 0 ? Money.negate(amount) : amount;
  }

  private static Remittance remittance(
      JsonNode report, String occurredAt, String path, String billed, String paid, String owed) {
    String trace = trace(report);
    String produced = Times.readDate(text(report, "productionDate"));
    return new Remittance(
        payer(report),
        trace == null ? "" : trace,
        produced == null ? occurredAt.substring(0, 10) : produced,
        path,
        billed,
        paid,
        owed);
  }

  private static Payment payment(JsonNode report) {
    JsonNode financial = report.path("financialInformation");
    String date = Times.readDate(text(financial, "checkIssueOrEFTEffectiveDate"));
    return new Payment(trace(report), date, text(financial, "paymentMethodCode"));
  }

  private static String trace(JsonNode report) {
    return text(report.path("paymentAndRemitReassociationDetails"), "checkOrEFTTraceNumber");
  }

  private static String payer(JsonNode report) {
    JsonNode payer = report.path("payer");
    String number = text(payer, "payerIdentificationNumber");
    if (number == null) number = text(report.path("financialInformation"), "payerIdentifier");
    if (number == null) number = text(payer, "name");
    return number == null ? "unknown" : number;
  }

  private static ReadLine readLine(JsonNode line) {
    JsonNode payment = line.path("servicePaymentInformation");
    List<Adjustment> adjustments = readAdjustments(line.path("serviceAdjustments"));
    List<Reason> reasons = new ArrayList<>(reasons(adjustments));
    for (JsonNode remark : line.path("healthCareCheckRemarkCodes")) {
      reasons.add(new Reason("x12.rarc", text(remark, "remarkCode"), null, null));
    }
    String day = Times.readDate(text(line, "serviceDate"));
    String first = Times.readDate(text(line, "serviceStartDate"));
    String last = Times.readDate(text(line, "serviceEndDate"));
    Line read =
        new Line(
            text(line, "lineItemControlNumber"),
            text(payment, "adjudicatedProcedureCode"),
            Money.read(text(payment, "lineItemChargeAmount")),
            null,
            Money.read(text(payment, "lineItemProviderPaymentAmount")),
            null,
            reasons,
            range(first == null ? day : first, last == null ? day : last));
    return new ReadLine(read, adjustments);
  }

  private static DateRange range(String start, String end) {
    if (start == null) return null;
    return new DateRange(start, end != null && end.compareTo(start) > 0 ? end : start);
  }

  private static DateRange span(List<ReadLine> lines) {
    String start = null;
    String end = null;
    for (ReadLine line : lines) {
      DateRange range = line.line().serviceDates();
      if (range == null) continue;
      if (start == null || range.start().compareTo(start) < 0) start = range.start();
      if (end == null || range.end().compareTo(end) > 0) end = range.end();
    }
    return range(start, end);
  }

  private static List<Adjustment> readAdjustments(JsonNode segments) {
    List<Adjustment> adjustments = new ArrayList<>();
    for (JsonNode segment : segments) {
      String group = text(segment, "claimAdjustmentGroupCode");
      for (int pair = 1; pair <= 6; pair++) {
        String code = text(segment, "adjustmentReasonCode" + pair);
        if (code == null) continue;
        String amount = Money.read(text(segment, "adjustmentAmount" + pair));
        adjustments.add(new Adjustment(group == null ? "" : group.toUpperCase(Locale.ROOT), code, amount));
      }
    }
    return adjustments;
  }

  /** One reason per group and code, with the sum of what was adjusted for it. */
  private static List<Reason> reasons(List<Adjustment> adjustments) {
    Map<String, Reason> reasons = new LinkedHashMap<>();
    for (Adjustment adjustment : adjustments) {
      String key = adjustment.group() + ' ' + adjustment.code();
      Reason known = reasons.get(key);
      String amount = adjustment.amount();
      if (known != null && known.amount() != null) amount = Money.add(known.amount(), amount == null ? "0" : amount);
      String group = adjustment.group().isEmpty() ? null : adjustment.group();
      reasons.put(key, new Reason("x12.carc", adjustment.code(), group, amount));
    }
    return List.copyOf(reasons.values());
  }

  private static String sum(List<Adjustment> adjustments, String group) {
    String sum = "0.00";
    for (Adjustment adjustment : adjustments) {
      if (adjustment.group().equals(group) && adjustment.amount() != null) sum = Money.add(sum, adjustment.amount());
    }
    return sum;
  }

  private static String status(
      String code, String charge, String paid, String owed, List<Adjustment> adjustments) {
    if (code == null) return "unknown";
    String plain = code.replaceFirst("^0+(?=\\d)", "");
    if (!PROCESSED.contains(plain)) return OTHERS.getOrDefault(plain, "unknown");
    if (Money.sign(paid) <= 0) return "adjudicated";
    BigDecimal expected = new BigDecimal(charge);
    for (Adjustment adjustment : adjustments) {
      if (adjustment.isSettled() && adjustment.amount() != null) {
        expected = expected.subtract(new BigDecimal(adjustment.amount()));
      }
    }
    boolean isPartial = new BigDecimal(paid).add(new BigDecimal(owed)).compareTo(expected) < 0;
    return isPartial ? "partially_paid" : "paid";
  }
}
