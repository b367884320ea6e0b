package io.periplus.ztunnel.dns;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Searches for DNS messages that are read otherwise than another reader reads them, guided by coverage; see
 * {@code HttpFuzz} for how to run it.
 */
class DnsFuzz {
    @FuzzTest(maxDuration = "5m")
    void queries(byte[] message) {
        DnsMessageTest.isReadAsAnotherReaderReadsIt(message);
    }
}
