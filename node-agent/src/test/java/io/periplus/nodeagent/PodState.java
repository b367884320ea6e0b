package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;

/** What is set up in a namespace, whichever program did it; the kernel's own chains of iptables aside. */
final class PodState {
    private PodState() {}

    static String of(NetworkNamespace namespace) throws IOException {
        return Shell.output(namespace, """
                for program in iptables ip6tables; do
                  for variant in nft legacy; do
                    echo "$program-$variant"
                    $program-$variant-save 2>/dev/null | grep -e '^-A' -e '^:.* - ' || true
                  done
                done
                nft list chains inet | grep -e chain || true
                ipset list -name
                for family in -4 -6; do
                  ip $family rule
                  ip $family route show table 100 2>/dev/null || true
                done
                """);
    }
}
