package io.periplus.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Levels by scope, as {@code /logging} and {@code RUST_LOG} take them. */
class LogLevelsTest {
    private final LogLevels levels = new LogLevels("info");

    @AfterEach
    void reset() {
        levels.reset("");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "access=debug, access",
        "rbac=debug, rbac",
        "xds=debug, io.periplus.dataplane.xds.DeltaXdsClient",
        "dns=debug, io.periplus.ztunnel.dns.DnsServer",
        "authz=debug, io.periplus.waypoint.authz.RequestCheck",
        "ztunnel=debug, io.periplus.ztunnel.Ztunnel",
        "ztunnel=debug, io.periplus.dataplane.hbone.HbonePool",
        "ztunnel::xds=debug, io.periplus.dataplane.xds.DeltaXdsClient",
        "ztunnel::proxy::inbound=debug, io.periplus.ztunnel.Ztunnel",
        "ztunnel::inpod=debug, io.periplus.dataplane.zds.ZdsClient",
        "hbone:debug, io.periplus.dataplane.hbone.HbonePool",
        "io.periplus.dataplane.tls=debug, io.periplus.dataplane.tls.TlsContexts",
    })
    void aScopeIsTheWordInTheLog(String specification, String logger) {
        assertThat(LoggerFactory.getLogger(logger).isDebugEnabled()).isFalse();
        levels.add(specification);
        assertThat(LoggerFactory.getLogger(logger).isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("io.periplus.dataplane.tls2.Other").isDebugEnabled())
                .isEqualTo(specification.startsWith("ztunnel="));
        levels.reset("");
        assertThat(LoggerFactory.getLogger(logger).isDebugEnabled()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"loud", "access=loud", "=debug", "a=b=debug", "::xds=debug", "ztunnel::=debug", "warn,loud"})
    void whatIsNotUnderstoodChangesNothing(String specification) {
        levels.add("access=debug,warn");
        assertThatThrownBy(() -> levels.add(specification)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> levels.reset(specification)).isInstanceOf(IllegalArgumentException.class);
        assertThat(levels).hasToString("access=debug,warn");
    }

    @Test
    void theMostPreciseScopeDecides() {
        levels.add("ztunnel=debug,hbone=error,warn");
        assertThat(LoggerFactory.getLogger("io.periplus.dataplane.xds.X").isDebugEnabled())
                .isTrue();
        assertThat(LoggerFactory.getLogger("io.periplus.dataplane.hbone.X").isWarnEnabled())
                .isFalse();
        assertThat(LoggerFactory.getLogger("io.netty.X").isInfoEnabled()).isFalse();
    }
}
