package dev.claimwire.bench;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Times as the hub writes them: UTC with 3 or 6 fraction digits. */
final class Times {
  private static final int MILLIS_LENGTH = "2026-01-01T00:00:00.000Z".length();
  private static final int MICROS_LENGTH = MILLIS_LENGTH + 3;
  private static final long DAY_MICROS = 86_400_000_000L;

  private Times() {}

  static long micros(String time) {
    Instant instant = Instant.parse(time);
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  /** Null where the text is no time. */
  static String read(String text) {
    if (text == null) return null;
    try {
      boolean isWritten = text.endsWith("Z") && (text.length() == MILLIS_LENGTH || text.length() == MICROS_LENGTH);
      if (!isWritten) return format(OffsetDateTime.parse(text).toInstant());
      Instant.parse(text);
      return text;
    } catch (DateTimeParseException noTime) {
      return null;
    }
  }

  static boolean isTooFarInFuture(String occurredAt, String receivedAt) {
    return micros(occurredAt) - micros(receivedAt) > DAY_MICROS;
  }

  /** YYYY-MM-DD from that or from YYYYMMDD. */
  static String readDate(String text) {
    if (text == null || text.length() < 8) return null;
    if (text.charAt(4) == '-') return text.substring(0, Math.min(10, text.length()));
    return text.substring(0, 4) + '-' + text.substring(4, 6) + '-' + text.substring(6, 8);
  }

  private static String format(Instant instant) {
    int micros = instant.getNano() / 1_000;
    String seconds = Instant.ofEpochSecond(instant.getEpochSecond()).toString();
    String fraction = micros % 1_000 == 0 ? "%03d".formatted(micros / 1_000) : "%06d".formatted(micros);
    return seconds.substring(0, seconds.length() - 1) + '.' + fraction + 'Z';
  }
}
