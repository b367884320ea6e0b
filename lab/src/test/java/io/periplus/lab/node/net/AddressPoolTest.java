package io.periplus.lab.node.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AddressPoolTest {
    @Test
    void anAddressThatWasGivenBackIsTheLastToBeGivenAgain() {
        AddressPool pool = new AddressPool(Cidr.parse("10.1.1.0/29"));
        assertThat(pool.take()).isEqualTo("10.1.1.2");
        pool.giveBack("10.1.1.2");
        for (int i = 3; i <= 6; i++) {
            assertThat(pool.take()).isEqualTo("10.1.1." + i);
        }
        assertThat(pool.take()).isEqualTo("10.1.1.2");
        assertThatThrownBy(pool::take).hasMessageContaining("no free pod address in 10.1.1.0/29");
    }

    @Test
    void aNetworkKnowsItsAddresses() {
        Cidr cidr = Cidr.parse("10.96.7.8/16");
        assertThat(cidr).hasToString("10.96.0.0/16");
        assertThat(cidr.address(10)).isEqualTo("10.96.0.10");
        assertThat(cidr.contains("10.96.255.1")).isTrue();
        assertThat(cidr.contains("10.97.0.1")).isFalse();
        assertThatThrownBy(() -> Cidr.parse("10.96.0.0")).hasMessageContaining("a.b.c.d/n");
    }
}
