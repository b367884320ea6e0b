package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendChoiceTest {
    private EmptyNamespace node;

    @BeforeEach
    void create() throws IOException {
        node = EmptyNamespace.create();
    }

    @AfterEach
    void drop() throws IOException {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', NFTABLES",
        "'', legacy, NFTABLES",
        "true, '', NFTABLES",
        "True, '', NFTABLES",
        "false, '', IPTABLES_NFT",
        "false, nft, IPTABLES_NFT",
        "false, legacy, IPTABLES_LEGACY",
    })
    void theSettingsDecide(String nftables, String iptables, RuleBackend expected) throws IOException {
        assertThat(choose(nftables, iptables)).isEqualTo(expected);
    }

    @Test
    void iptablesIsWhatTheNodeUses() throws IOException {
        Shell.script(node.namespace(), "iptables-legacy -t nat -L -n");
        assertThat(choose("false", "")).as("tables without rules").isEqualTo(RuleBackend.IPTABLES_NFT);
        Shell.script(node.namespace(), "ip6tables-legacy -t nat -A POSTROUTING -p tcp --dport 9 -j ACCEPT");
        assertThat(choose("false", "")).isEqualTo(RuleBackend.IPTABLES_LEGACY);
        Shell.script(node.namespace(), "iptables-nft -t mangle -N KUBE-IPTABLES-HINT");
        assertThat(choose("false", "")).as("where the kubelet says it").isEqualTo(RuleBackend.IPTABLES_NFT);
        Shell.script(node.namespace(), "iptables-legacy -t mangle -N KUBE-KUBELET-CANARY");
        assertThat(choose("false", "")).isEqualTo(RuleBackend.IPTABLES_LEGACY);
        assertThat(choose("false", "nft")).as("but for the setting").isEqualTo(RuleBackend.IPTABLES_NFT);
    }

    @Test
    void theNodeIsLeftAsItIsByTheChoice() throws IOException {
        String before = PodState.of(node.namespace());
        choose("false", "");
        assertThat(PodState.of(node.namespace())).isEqualTo(before);
    }

    @Test
    void otherValuesAreRefused() {
        assertThatThrownBy(() -> choose("yes", "")).hasMessageContaining("NATIVE_NFTABLES: yes (expected: true");
        assertThatThrownBy(() -> choose("", "old"))
                .hasMessageContaining("FORCE_IPTABLES_BINARY: old (expected: legacy");
    }

    private RuleBackend choose(String nftables, String iptables) throws IOException {
        return BackendChoice.choose(
                BackendSettings.from(Map.of("NATIVE_NFTABLES", nftables, "FORCE_IPTABLES_BINARY", iptables)),
                node.namespace());
    }
}
