package dev.claimwire.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Exact amounts as text with at least two decimals. */
final class Money {
  private static final Pattern WRITTEN = Pattern.compile("(?:0|-?[1-9]\\d*)\\.\\d\\d");

  private Money() {}

  /** Null where the text is no amount. */
  static String read(String text) {
    if (text == null) return null;
    if (WRITTEN.matcher(text).matches()) return text;
    try {
      return format(new BigDecimal(text));
    } catch (NumberFormatException noAmount) {
      return null;
    }
  }

  static String add(String a, String b) {
    return format(new BigDecimal(a).add(new BigDecimal(b)));
  }

  static String negate(String amount) {
    return format(new BigDecimal(amount).negate());
  }

  static int sign(String amount) {
    return new BigDecimal(amount).signum();
  }

  private static String format(BigDecimal amount) {
    if (amount.signum() == 0) return "0.00";
    BigDecimal shortest = amount.stripTrailingZeros();
    return shortest.setScale(Math.max(2, shortest.scale()), RoundingMode.UNNECESSARY).toPlainString();
  }
}
