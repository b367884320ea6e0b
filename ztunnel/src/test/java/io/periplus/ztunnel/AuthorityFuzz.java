package io.periplus.ztunnel;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Searches for authorities that are read otherwise than another reader reads them; see {@code HttpFuzz} for how to run it. */
class AuthorityFuzz {
    @FuzzTest(maxDuration = "5m")
    void authorities(byte[] bytes) {
        NetworkInputs.authoritiesAreReadAsAnotherReaderReadsThem(bytes);
    }
}
