package dev.claimwire.bench;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** libs/contracts: deterministic ids and claim keys. One per thread. */
final class Ids {
  private static final HexFormat HEX = HexFormat.of();
  private static final int ID_BYTES = 16;
  private final MessageDigest sha256;

  Ids() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  String sha256(byte[] bytes) {
    return HEX.formatHex(sha256.digest(bytes));
  }

  String rawEvent(String tenant, String provider, String identity) {
    return "raw_" + digest(tenant, provider, identity);
  }

  String claimEvent(String tenant, String rawId) {
    return "evt_" + digest(tenant, rawId, "");
  }

  static String claimKey(String tenant, String provider, String claimId) {
    return encode(tenant) + '/' + encode(provider) + '/' + encode(claimId);
  }

  /** Length before each part, so that ("ab","c") is not ("a","bc"). */
  private String digest(String... parts) {
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      sha256.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      sha256.update(bytes);
    }
    return HEX.formatHex(sha256.digest(), 0, ID_BYTES);
  }

  private static String encode(String part) {
    for (int at = 0; at < part.length(); at++) {
      char letter = part.charAt(at);
      boolean isPlain =
          letter >= 'a' && letter <= 'z'
              || letter >= 'A' && letter <= 'Z'
              || letter >= '0' && letter <= '9'
              || letter == '-'
              || letter == '_'
              || letter == '.';
      if (!isPlain) return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
    return part;
  }
}
