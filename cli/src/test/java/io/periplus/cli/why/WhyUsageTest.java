package io.periplus.cli.why;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.cli.CliException;
import io.periplus.cli.ScriptedApi;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code why} understands of its flags. */
class WhyUsageTest {
    @Test
    void destinationsAreNamesAddressesOrUrls() {
        assertThat(Destination.parse("accounts.accounts:8080"))
                .isEqualTo(new Destination("accounts.accounts", 8080, false, ""));
        assertThat(Destination.parse("accounts")).isEqualTo(new Destination("accounts", 80, false, ""));
        assertThat(Destination.parse("http://shop.shop/cart?x=1"))
                .isEqualTo(new Destination("shop.shop", 80, false, "/cart?x=1"));
        assertThat(Destination.parse("https://shop.example.com"))
                .isEqualTo(new Destination("shop.example.com", 443, true, ""));
        assertThat(Destination.parse("[2001:db8::1]:81")).isEqualTo(new Destination("2001:db8::1", 81, false, ""));
        assertThat(Destination.parse("[2001:db8::1]:81").authority()).isEqualTo("[2001:db8::1]:81");
        for (String wrong : List.of("", ":80", "a:0", "a:65536", "a:b", "http://")) {
            assertThatThrownBy(() -> Destination.parse(wrong)).isInstanceOf(CliException.class);
        }
    }

    @Test
    void oneClientAndOneDestinationAreNeeded() {
        assertUsage("name one client", "why", "--to", "a:80");
        assertUsage("name one client", "why", "pod-1", "--from-gateway", "shop/edge", "--to", "a:80");
        assertUsage("--to is missing", "why", "pod-1");
        assertUsage("--from-ip is for clients that are no pods", "why", "pod-1", "--from-ip", "10.0.0.1", "--to", "a");
        assertUsage("output format \"table\" not supported", "why", "pod-1", "--to", "a", "-o", "table");
    }

    private static void assertUsage(String message, String... words) {
        ScriptedApi.Result result = ScriptedApi.run(List.of(words));
        assertThat(result.code()).isEqualTo(64);
        assertThat(result.err()).contains(message);
    }
}
