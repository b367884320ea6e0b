package io.periplus.dataplane.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses and blocks. */
class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "::ffff:10.0.0.1, 10.0.0.1",
        "FD00:0:0:0:0:0:0:1, fd00::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:1:0:0:0:0:0:0, fe80:1::"
    })
    void textIsCanonical(String written, String canonical) {
        assertThat(IpAddress.parse(written)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, fd00::1, false",
        "::/0, fd00::1, true",
        "::/0, 10.0.0.1, false",
        "fd00::/8, fdff::1, true",
        "fd00::1:0/112, fd00::1:ffff, true",
        "fd00::1:0/112, fd00::2:0, false",
        "10.0.0.9, 10.0.0.9, true"
    })
    void blocksContainTheirAddressesOfTheSameFamily(String block, String address, boolean contained) {
        assertThat(Cidr.parse(block).contains(IpAddress.parse(address))).isEqualTo(contained);
    }

    @Test
    void aBadBlockIsNamed() {
        assertThatThrownBy(() -> Cidr.parse("10.0.0.0/33")).hasMessageContaining("\"10.0.0.0/33\"");
        assertThatThrownBy(() -> Cidr.parse("accounts")).hasMessageContaining("\"accounts\"");
    }
}
