package io.periplus.ztunnel;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Searches for {@code forwarded} headers that fail; see {@code HttpFuzz} for how to run it. */
class ForwardedFuzz {
    @FuzzTest(maxDuration = "5m")
    void forwarded(byte[] bytes) {
        NetworkInputs.forwardedNeverFails(bytes);
    }
}
