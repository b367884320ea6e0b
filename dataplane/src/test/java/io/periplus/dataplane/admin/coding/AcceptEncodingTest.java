package io.periplus.dataplane.admin.coding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110, section 12.5.3, and upstream's order between codings that a client likes equally. */
class AcceptEncodingTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"                              | identity",
                "gzip                              | gzip identity",
                "gzip, deflate, br, zstd           | zstd br gzip deflate identity",
                "gzip;q=1.0, zstd;q=0.5            | gzip zstd identity",
                "GZIP ; Q=0.5 ,  br;q=0.500        | br gzip identity",
                "x-gzip                            | gzip identity",
                "xgzip, compress                   | identity",
                "br;q=1.0, gzip;q=0.000            | br identity",
                "gzip;q=0                          | identity",
                "identity, gzip;q=0.5              | identity gzip",
                "*                                 | zstd br gzip deflate identity",
                "*;q=0.1, gzip                     | gzip zstd br deflate identity",
                "zstd;q=0, *                       | br gzip deflate identity",
                "gzip, *;q=0                       | gzip",
                "gzip, identity;q=0                | gzip",
                "identity;q=0                      | \"\"",
                "*;q=0                             | \"\"",
                "identity;q=1, *;q=0               | identity",
                "gzip;q=2, br;level=3, zstd;q=.5   | identity",
                "gzip;q=0.1234                     | identity",
            })
    void theBestComesFirst(String header, String expected) {
        assertThat(tokens(List.of(header))).isEqualTo(expected);
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(tokens(List.of("gzip;q=0.5", "br;q=0.7"))).isEqualTo("br gzip identity");
        assertThat(tokens(List.of())).isEqualTo("identity");
    }

    private static String tokens(List<String> headers) {
        return AcceptEncoding.acceptable(headers).stream()
                .map(coding -> coding.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }
}
