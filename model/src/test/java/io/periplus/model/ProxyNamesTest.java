package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.model.input.GatewayInput;
import io.periplus.model.proxy.ProxyKind;
import io.periplus.model.proxy.ProxyNames;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of what is deployed are legal whatever the Gateway is called. */
class ProxyNamesTest {
    private static final String DNS_LABEL = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";

    @Test
    void aShortNameIsKept() {
        assertThat(deployed("waypoint")).isEqualTo("waypoint");
        assertThat(ProxyNames.label("waypoint")).isEqualTo("waypoint");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b.c",
                "1st",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void whatIsNoServiceNameIsMadeOne(String name) {
        assertThat(deployed(name)).matches(DNS_LABEL);
    }

    @Test
    void longNamesWithTheSameBeginningStayApart() {
        String beginning = "a".repeat(250);
        assertThat(deployed(beginning + "x"))
                .isNotEqualTo(deployed(beginning + "y"))
                .hasSize(63);
        assertThat(ProxyNames.label(beginning + "x"))
                .isNotEqualTo(ProxyNames.label(beginning + "y"))
                .hasSize(63);
    }

    @Test
    void dotsAndDashesStayApart() {
        assertThat(deployed("a.b")).isNotEqualTo(deployed("a-b"));
    }

    private static String deployed(String name) {
        GatewayInput gateway = Objects.gateway("accounts/" + name, false, Map.of(), "Same");
        return ProxyNames.deployed(gateway, ProxyKind.WAYPOINT.controller());
    }
}
