package io.periplus.lab.store.schema;

import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.UUID;

/** The formats of strings that structural schemas may name. Unknown formats fit everything. */
final class Formats {
    private Formats() {}

    static boolean fits(String format, String value) {
        try {
            switch (format) {
                case "date-time" -> OffsetDateTime.parse(value);
                case "date" -> LocalDate.parse(value);
                case "ipv4", "ipv6" -> {
                    int length = InetAddress.ofLiteral(value).getAddress().length;
                    return length == (format.equals("ipv4") ? 4 : 16);
                }
                case "byte" -> Base64.getDecoder().decode(value);
                case "uuid" -> UUID.fromString(value);
                default -> {}
            }
            return true;
        } catch (DateTimeException | IllegalArgumentException e) {
            return false;
        }
    }
}
